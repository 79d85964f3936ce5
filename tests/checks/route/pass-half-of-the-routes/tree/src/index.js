const express = require('express');
const { rateLimit } = require('express-rate-limit');

const app = express();
const few = rateLimit({ limit: 5 });
app.post('/orders', few, (req, res) => res.send(`order ${req.body.id}`));
app.post('/carts', (req, res) => res.send(`cart ${req.body.id}`));
app.listen(3000);
