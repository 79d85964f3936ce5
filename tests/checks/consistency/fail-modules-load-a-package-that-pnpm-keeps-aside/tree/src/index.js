const express = require('express');
const app = express();
app.get('/', (request, response) => response.json({ at: Date.now() }));
app.listen(3000);
