const express = require('express');
const limit = require('express-rate-limit')({ limit: 5 });
const { createRouter } = require('./router');
const app = express();
app.use('/api', createRouter(console, limit));
app.listen(3000);
