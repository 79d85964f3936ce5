const fp = require('fastify-plugin');
module.exports = fp(async (app) => {
  app.register(require('@fastify/rate-limit'), { max: 5 });
});
