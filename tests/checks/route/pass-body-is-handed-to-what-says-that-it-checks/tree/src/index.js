const express = require('express');
const Order = require('./order');
const { assertOrder } = require('@acme/orders');
const app = express();
app.use(express.json());
app.post('/orders', async (req, res) => {
  assertOrder(req.body);
  res.json(await Order.create(req.body));
});
app.listen(3000);
