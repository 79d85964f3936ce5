const express = require('express');
const Order = require('./order');
const axios = require('axios');
const app = express();
app.use(express.json());
app.post('/orders', async (req, res) => {
  const answer = await axios.post('https://orders.internal', req.body);
  res.status(answer.status).end();
});
app.post('/notes', async (req, res) => {
  res.json(await Order.create(req.body));
});
app.listen(3000);
