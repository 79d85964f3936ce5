const express = require('express');
const cors = require('cors');
const app = express();
app.use(cors({ origin: process.env.ORIGINS.split(',').map((origin) => origin.trim()), credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
