const express = require('express');
const pools = require('./pools');
const app = express();
app.get('/health', async (request, response) => response.json(await pools.check()));
app.listen(3000);
