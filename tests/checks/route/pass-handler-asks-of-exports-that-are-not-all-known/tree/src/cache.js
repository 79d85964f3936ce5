const made = require('made');
module.exports = { ...made(), client: 1 };
