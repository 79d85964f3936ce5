import express from 'express';
import rateLimit from 'express-rate-limit';
const app = express();
const limiter = rateLimit({ max: 5 });
app.get('/login', limiter);
app.post('/login', (request, response) => response.json(check(request.body)));
app.listen(3000);
