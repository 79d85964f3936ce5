const express = require('express');
const Order = require('./order');
const shaped = (handler) => (req, res) => (Object.keys(req.body).length > 9 ? res.status(400).end() : handler(req, res));
const app = express();
app.use(express.json());
app.post('/orders', shaped(async (req, res) => {
  res.json(await Order.create(req.body));
}));
app.listen(3000);
