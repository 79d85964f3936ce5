const express = require('express');
const { Pool } = require('pg');
const app = express();
require('./health')(app, new Pool());
app.listen(3000);
