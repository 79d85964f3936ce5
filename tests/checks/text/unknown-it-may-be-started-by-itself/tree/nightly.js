module.exports = process.env.SECRET || 'x';
