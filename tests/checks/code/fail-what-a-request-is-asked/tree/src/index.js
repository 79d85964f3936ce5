const express = require('express');
const Redis = require('ioredis');
const { agent, page, own } = require('./asks');
const app = express();
const redis = new Redis();
redis.on('error', console.error);
app.get('/', (request, response) => {
  response.setHeader('x-page', page(new URL(request.url)));
  response.json({ agent: agent(request), own: own(request.app.locals.orders, request.query.id) });
});
app.listen(3000);
