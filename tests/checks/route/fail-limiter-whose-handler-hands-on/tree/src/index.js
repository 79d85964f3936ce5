import express from 'express';
import rateLimit from 'express-rate-limit';
const app = express();
app.use(rateLimit({
  max: 5,
  handler: (request, response, next, options) => {
    console.warn('too many', request.ip);
    next();
  },
}));
app.post('/login', (request, response) => response.json(check(request.body)));
app.listen(3000);
