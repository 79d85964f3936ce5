const path = require('node:path');
const autoload = require('@fastify/autoload');
const app = require('fastify')();
app.register(autoload, { dir: path.join(__dirname, 'routes'), options: { prefix: '/api' } });
app.listen({ port: 3000 });
