const express = require('express');
const cors = require('cors');
const app = express();
app.use(cors({ origin: process.env.WEB_ORIGIN }));
app.use('/api', cors({ origin: 'https://shop.example' }));
app.options('*', cors());
app.listen(3000);
