const express = require('express');
const http = require('http');
const app = express();
app.get('/', (request, response) => response.json({}));
http.createServer(app).listen(3000);
