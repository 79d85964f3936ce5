const express = require('express');
const { updateOrder } = require('./admin');
const app = express();
app.put('/orders/:id', updateOrder);
app.listen(80);
