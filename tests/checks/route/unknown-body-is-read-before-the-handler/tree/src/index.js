const express = require('express');
const Order = require('./order');
const app = express();
app.use(express.json());
app.post('/orders', (req, res, next) => (req.body.title ? next() : res.status(400).end()), async (req, res) => {
  res.json(await Order.create(req.body));
});
app.listen(3000);
