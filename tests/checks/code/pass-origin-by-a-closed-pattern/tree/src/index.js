const express = require('express');
const cors = require('cors');
const app = express();
app.use(cors({ origin: [/^https:\/\/([a-z]+\.)?shop\.example$/, 'http://localhost:3000'], credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
