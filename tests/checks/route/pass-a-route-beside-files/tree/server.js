const express = require('express');
const path = require('path');
const app = express();
app.use(express.static('build'));
app.get('/api/cart', (request, response) => response.json({}));
app.get('*', (request, response) => response.sendFile(path.join(__dirname, 'build', 'index.html')));
app.listen(3000);
