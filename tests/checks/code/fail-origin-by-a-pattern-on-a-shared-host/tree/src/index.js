const express = require('express');
const cors = require('cors');
const app = express();
const allowed = ['https://shop.example', process.env.WEB_ORIGIN];
const previews = [/^https:\/\/shop-[a-z0-9-]+\.vercel\.app$/];
function isPreview(origin) {
  return previews.some((preview) => preview.test(origin));
}
app.use(cors({ origin: (origin, callback) => {
  if (!origin) return callback(null, true);
  if (allowed.includes(origin)) return callback(null, true);
  if (isPreview(origin)) return callback(null, true);
  return callback(new Error('refused'));
}, credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
