const express = require('express');
const cors = require('cors');
const app = express();
const allowed = ['https://shop.example', process.env.WEB_ORIGIN];
app.use(cors({ origin: (origin, callback) => callback(null, !origin || allowed.indexOf(origin) !== -1), credentials: true }));
app.get('/', (request, response) => response.json(Date.now()));
app.listen(3000);
