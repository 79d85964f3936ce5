module.exports = require('routes').all();
