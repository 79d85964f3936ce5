const express = require('express');
const app = express();
const HOOKS = process.env.HOOKS_PATH || '/api/webhooks/shipping';
const hooks = express.Router();
hooks.post('/', async (request, response) => response.json(await fetch('http://orders')));
app.use(HOOKS, hooks);
app.listen(3000);
