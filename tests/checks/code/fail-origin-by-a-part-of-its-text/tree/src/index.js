const express = require('express');
const cors = require('cors');
const app = express();
app.use(cors({ origin: (origin, callback) => {
  if (!origin) return callback(null, true);
  callback(null, origin.includes('shop.example'));
}, credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
