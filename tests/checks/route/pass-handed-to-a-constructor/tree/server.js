const express = require('express');
const { Routes } = require('./routes');
const app = express();
new Routes(app);
app.listen(3000);
