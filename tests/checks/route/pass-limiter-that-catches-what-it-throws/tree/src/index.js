import express from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
const app = express();
const limiter = new RateLimiterMemory({ points: 5, duration: 60 });
app.use(async (request, response, next) => {
  try {
    await limiter.consume(request.ip);
  } catch {
    return response.status(429).end();
  }
  next();
});
app.post('/login', (request, response) => response.json(check(request.body)));
app.listen(3000);
