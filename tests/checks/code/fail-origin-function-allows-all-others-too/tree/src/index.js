const express = require('express');
const cors = require('cors');
const app = express();
const allowed = ['https://shop.example', process.env.WEB_ORIGIN];
app.use(cors({ origin: (origin, callback) => {
  if (!origin) return callback(null, true);
  if (allowed.indexOf(origin) !== -1) {
    callback(null, true);
  } else {
    callback(null, true); // in development
  }
}, credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
