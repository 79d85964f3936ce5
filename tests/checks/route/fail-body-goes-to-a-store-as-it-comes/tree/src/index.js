const express = require('express');
const Order = require('./order');
const app = express();
app.use(express.json());
app.post('/orders', async (req, res) => {
  const order = await Order.create(req.body);
  if (!order) return res.status(500).end();
  res.json(order);
});
app.listen(3000);
