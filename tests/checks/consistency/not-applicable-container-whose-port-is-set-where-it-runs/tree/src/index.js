const express = require('express');
const app = express();
app.get('/health', async (req, res) => res.json(await ready()));
app.listen(process.env.PORT);
