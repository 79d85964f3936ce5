const express = require('express');
const { issue } = require('./issue');

const isProduction = process.env.NODE_ENV === 'production';
const app = express();
app.post('/login', (request, response) => {
  const token = '';
  response.cookie('refreshToken', token, { maxAge: 0 });
  response.json({ ok: true });
});
app.listen(3000);
