const express = require('express');
const Order = require('./order');
const policy = global.policies.orders;
const app = express();
app.use(express.json());
app.post('/orders', async (req, res) => {
  await policy.see(req);
  res.json(await Order.create(req.body));
});
app.listen(3000);
