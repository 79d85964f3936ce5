const express = require('express');
const cors = require('cors');
const app = express();
const { check } = require('origins');
app.use(cors({ origin: async (origin, callback) => check(origin, callback), credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
