const express = require('express');
const { rateLimit } = require('express-rate-limit');

const app = express();
const few = rateLimit({ limit: 5 });
const told = async (req, res) => {
  await fetch('https://hooks.example.com/told', { method: 'POST', body: req.body.id });
  res.end();
};
app.post('/orders', few, (req, res) => res.send(`order ${req.body.id}`));
app.post('/carts', told);
app.post('/notes', told);
app.listen(3000);
