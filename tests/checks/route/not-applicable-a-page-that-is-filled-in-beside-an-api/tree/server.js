const express = require('express');
const fs = require('fs');
const path = require('path');
const app = express();
app.use((request, response, next) => {
  if (!request.path.endsWith('.html')) response.set('Cache-Control', 'max-age=60');
  next();
});
app.use(express.static('build'));
app.get('*', async (request, response) => {
  const shell = await fs.promises.readFile(path.join(__dirname, 'build', 'index.html'), 'utf8');
  response.send(shell.replace('<head>', '<head>' + (await titles(request.path))));
});
app.listen(3000);
