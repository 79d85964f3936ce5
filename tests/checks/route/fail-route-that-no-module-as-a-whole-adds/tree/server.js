const express = require('express');
const app = express();
require('./limits')(app);
const routes = require('./routes');
routes(app);
app.listen(3000);
