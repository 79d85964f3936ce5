const express = require('express');
const Order = require('./order');
const service = require('./service');
const app = express();
app.use(express.json());
app.post('/orders', async (req, res) => {
  res.json(await service.place(req.body));
});
app.listen(3000);
