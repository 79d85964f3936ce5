const autoload = require('@fastify/autoload');
const path = require('node:path');
module.exports = async (fastify) => {
  fastify.register(autoload, { dir: path.join(__dirname, 'plugins') });
};
