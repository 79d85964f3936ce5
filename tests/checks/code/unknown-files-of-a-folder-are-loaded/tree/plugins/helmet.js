module.exports = require('@fastify/helmet');
