const express = require('express');
const Order = require('./order');
const service = require('./service');
const app = express();
app.use(express.json());
app.post('/orders', async (req, res) => {
  const data = req.body;
  res.json(await service.place(data));
});
app.listen(3000);
