const express = require('express');
const fs = require('fs');
const path = require('path');
const app = express();
app.use((request, response, next) => {
  if (!request.path.endsWith('.html')) response.set('Cache-Control', 'max-age=60');
  next();
});
app.use(express.static('build'));
app.get('*', (request, response) => response.sendFile(path.join(__dirname, 'build', 'index.html')));
app.listen(3000);
