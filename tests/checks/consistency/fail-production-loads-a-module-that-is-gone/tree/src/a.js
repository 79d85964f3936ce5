exports.a = require('./b').b;
