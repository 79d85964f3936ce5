const express = require('express');
const Order = require('./order');
const app = express();
app.use(express.json());
const caught = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);
app.put('/orders/:id', caught(async (req, res) => {
  const { id } = req.params;
  if (!id) return res.status(400).end();
  res.json(await Order.findByIdAndUpdate(id, { $set: { ...req.body, changed: new Date() } }, { new: true }));
}));
app.listen(3000);
