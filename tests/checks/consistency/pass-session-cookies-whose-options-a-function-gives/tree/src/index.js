const express = require('express');
const { issue } = require('./issue');

const isProduction = process.env.NODE_ENV === 'production';
const base = { httpOnly: true, secure: process.env.NODE_ENV !== 'development' };
const options = () => ({ ...base, sameSite: 'lax' });
const app = express();
app.post('/login', (request, response) => {
  const token = issue(request.body);
  response.cookie('refreshToken', token, options());
  response.json({ ok: true });
});
app.listen(3000);
