const express = require('express');
const { updateOrder, b } = require("./admin");
const app = express();
app.put('/orders/:id', updateOrder);
app.listen(80);
