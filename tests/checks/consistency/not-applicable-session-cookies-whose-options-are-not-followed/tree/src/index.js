const express = require('express');
const { issue } = require('./issue');

const isProduction = process.env.NODE_ENV === 'production';
const app = express();
app.post('/login', (request, response) => {
  const token = issue(request.body);
  response.cookie('refreshToken', token, require('./made-elsewhere').options);
  response.json({ ok: true });
});
app.listen(3000);
