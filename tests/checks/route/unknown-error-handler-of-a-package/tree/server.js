const express = require('express');
const app = express();
const kit = require('kit');
kit.mount(app);
app.get('/', (request, response) => response.json({}));
app.listen(3000);
