const express = require('express');
const cors = require('cors');
const app = express();
const list = ['https://shop.example'];
const OPEN = process.env.CORS_OPEN === 'true';
app.use('/api', cors({ origin: true, credentials: true }));
if (OPEN) {
  app.use(cors({ origin: list, credentials: true }));
}
app.listen(3000);
