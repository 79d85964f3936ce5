const express = require('express');
const { rateLimit } = require('express-rate-limit');

const app = express();
const few = rateLimit({ limit: 5 });
const own = require('./own');
app.post('/orders', few, (req, res) => res.send(`order ${req.body.id}`));
app.post('/carts', own, (req, res) => res.send(`cart ${req.body.id}`));
app.post('/notes', own, (req, res) => res.send(`note ${req.body.id}`));
app.listen(3000);
