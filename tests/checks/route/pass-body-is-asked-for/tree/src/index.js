const express = require('express');
const Order = require('./order');
const app = express();
app.use(express.json());
app.post('/orders', async (req, res) => {
  if (typeof req.body.title !== 'string') return res.status(400).end();
  res.json(await Order.create(req.body));
});
app.listen(3000);
