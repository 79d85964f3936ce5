const express = require('express');
const cors = require('cors');
const options = { origin: process.env.CORS_ORIGIN || '*' };
if (process.env.NODE_ENV === 'production') options.origin = 'https://example.com';
const app = express();
app.use(cors(options));
app.listen(3000);
