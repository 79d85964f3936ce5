const express = require('express');
const Order = require('./order');
const app = express();
app.use(express.json());
app.put('/orders/:id', async (req, res) => {
  res.json(await Order.findByIdAndUpdate(req.params.id, req.body, { runValidators: true }));
});
app.listen(3000);
