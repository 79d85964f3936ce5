const express = require('express');
const Order = require('./order');
const app = express();
app.use(express.json());
app.patch('/orders/:id', async (req, res) => {
  const order = await Order.findById(req.params.id);
  if (!order) return res.status(404).end();
  Object.assign(order, req.body);
  await order.save();
  res.json(order);
});
app.listen(3000);
