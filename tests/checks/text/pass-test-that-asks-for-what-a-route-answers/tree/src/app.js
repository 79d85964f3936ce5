const express = require('express');
const app = express();
app.use(express.json());
app.post('/auth/register', (request, response) => response.status(201).json({ token: sign(request.body) }));
app.get('/orders', (request, response) => response.json(orders(request)));
module.exports = app;
