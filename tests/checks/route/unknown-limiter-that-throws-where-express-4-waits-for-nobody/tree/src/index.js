import express from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
const app = express();
const limiter = new RateLimiterMemory({ points: 5, duration: 60 });
app.use(async (request, response, next) => {
  await limiter.consume(request.ip);
  next();
});
app.post('/login', (request, response) => response.json(check(request.body)));
app.listen(3000);
