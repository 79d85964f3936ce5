const express = require('express');
const app = express();
app.get('/healthz', (request, response) => response.end());
app.listen(3000);
