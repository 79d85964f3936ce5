const express = require('express');
const cors = require('cors');
const env = require('./env');
const app = express();
app.use(cors({ origin: env.ORIGIN, credentials: true }));
app.listen(3000);
