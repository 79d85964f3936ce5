module.exports = (app) => app.register(require('@fastify/rate-limit'));
