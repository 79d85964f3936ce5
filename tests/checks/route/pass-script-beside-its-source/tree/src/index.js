const express = require('express');
const app = express();
app.use(require('./auth'));
app.listen(3000);
