const express = require('express');
const app = express();
app.post('/login', (request, response) => response.json({ at: Date.now() }));
module.exports = app;
