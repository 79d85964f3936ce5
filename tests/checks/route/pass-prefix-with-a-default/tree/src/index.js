const express = require('express');
const app = express();
const PREFIX = process.env.API_PREFIX || '/api';
const users = express.Router();
users.post('/login', (request, response) => response.json(Date.now()));
app.use(`${PREFIX}/users`, users);
app.listen(3000);
