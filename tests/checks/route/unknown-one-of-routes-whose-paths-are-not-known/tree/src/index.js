const express = require('express');
const limit = require('express-rate-limit')({ limit: 5 });
const app = express();
const routes = require('./routes');
if (process.env.NODE_ENV === 'production') {
  app.use('/v1/auth', limit);
}
routes.forEach((route) => {
  app.post(route.path, (request, response) => response.json(Date.now()));
});
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
