const express = require('express');
const limit = require('express-rate-limit')({ limit: 5 });
const app = express();
const seen = new Map();
const byHand = (request, response, next) => {
  seen.set(request.ip, (seen.get(request.ip) ?? 0) + 1);
  return seen.get(request.ip) > 100 ? response.sendStatus(429) : next();
};
app.post('/orders', byHand, async (request, response) => response.json(await fetch('http://orders')));
app.post('/login', limit, async (request, response) => response.json(await fetch('http://accounts')));
app.listen(3000);
