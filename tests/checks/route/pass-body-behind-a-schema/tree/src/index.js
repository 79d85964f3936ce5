const express = require('express');
const Order = require('./order');
const { z } = require('zod');
const schema = z.object({ title: z.string() });
const checked = (schema) => (req, res, next) => {
  const result = z.object({ body: schema }).safeParse(req);
  return result.success ? next() : res.status(400).end();
};
const app = express();
app.use(express.json());
app.post('/orders', checked(schema), async (req, res) => {
  res.json(await Order.create(req.body));
});
app.listen(3000);
