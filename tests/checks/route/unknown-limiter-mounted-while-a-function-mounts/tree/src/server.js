const express = require('express');
const rateLimit = require('express-rate-limit');

const app = express();
const limiter = rateLimit({ windowMs: 60000, limit: 5 });
async function init() {
  await connect();
  app.use('/api', limiter);
  app.post('/api/login', (request, response) => response.json({ user: find(request.body) }));
}
init().then(() => {
  app.listen(3000);
});
require('./more')(app);
