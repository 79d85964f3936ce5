const express = require('express');
const cors = require('cors');
const origin = process.env.CORS_ORIGIN || '*';
const app = express();
app.use(cors({ origin, credentials: true }));
app.listen(3000);
