const { cleanEnv, url } = require('envalid');
module.exports = cleanEnv(process.env, { ORIGIN: url({ default: 'https://shop.example' }) });
