const express = require('express');
const app = express();
app.post('/orders', (q, r) => order(q, r));
app.listen(4000);
