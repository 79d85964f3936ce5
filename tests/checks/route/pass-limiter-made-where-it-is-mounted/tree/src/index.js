const express = require('express');
const rateLimit = require('express-rate-limit');
const app = express();
const make = rateLimit;
app.use(make({ max: 5 }));
app.post('/login', async (request, response) => response.json(await enter(request.body)));
app.listen(3000);
