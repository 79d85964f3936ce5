const express = require('express');
const Order = require('./order');
const app = express();
app.use(express.json());
app.post('/hooks', async (req, res) => {
  await Order.updateOne({ _id: req.query.id }, { $push: { seen: { raw: req.body } } });
  res.end();
});
app.listen(3000);
