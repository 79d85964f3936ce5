const express = require('express');
const rateLimit = require('express-rate-limit');
const app = express();
app.use(rateLimit);
app.post('/login', async (request, response) => response.json(await enter(request.body)));
app.listen(3000);
