const express = require('express');
const cors = require('cors');
const { options } = require('./made-by-a-tool');
const app = express();
app.use(cors(options));
app.listen(3000);
