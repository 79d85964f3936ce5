const express = require('express');
const app = express();
app.use((request, response, next) => {
  response.on('finish', () => {
    if (response.statusCode === 429) console.warn('too many', request.ip);
  });
  next();
});
app.post('/login', async (request, response) => response.json(await fetch('http://accounts')));
app.listen(3000);
