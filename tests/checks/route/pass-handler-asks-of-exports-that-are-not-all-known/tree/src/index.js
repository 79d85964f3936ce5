const express = require('express');
const app = express();
app.get('/ready', async (request, response) => {
  const cache = require('./cache');
  if (cache && cache.ping) await cache.ping();
  response.json({ ok: true });
});
app.listen(3000);
