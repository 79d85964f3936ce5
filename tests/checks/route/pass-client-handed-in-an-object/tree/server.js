const express = require('express');
const { Pool } = require('pg');
const { makeRouter } = require('./health');
const pool = new Pool();
const app = express();
app.use(makeRouter({ pool }));
app.listen(3000);
