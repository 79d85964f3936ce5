const path = require('node:path');
const autoload = require('@fastify/autoload');
const app = require('fastify')();
app.register(autoload, { dir: path.join(__dirname, 'routes') });
app.listen({ port: 3000 });
