// output: "standalone"
module.exports = { reactStrictMode: true }
