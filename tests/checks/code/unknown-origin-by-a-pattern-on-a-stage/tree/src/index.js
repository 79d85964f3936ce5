const express = require('express');
const cors = require('cors');
const app = express();
const allowed = ['https://shop.example', process.env.WEB_ORIGIN];
app.use(cors({ origin: (origin, callback) => {
  if (!origin) return callback(null, true);
  if (process.env.APP_ENV !== 'live' && /\.vercel\.app$/.test(origin)) return callback(null, true);
  callback(null, allowed.includes(origin));
}, credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
