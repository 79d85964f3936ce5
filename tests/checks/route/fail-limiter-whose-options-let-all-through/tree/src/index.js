import express from 'express';
import rateLimit from 'express-rate-limit';
const app = express();
const options = { max: 5, skip: () => true };
app.use(rateLimit(options));
app.post('/login', (request, response) => response.json(check(request.body)));
app.listen(3000);
