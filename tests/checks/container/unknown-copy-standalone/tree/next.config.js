module.exports = { output: process.env.OUT }
