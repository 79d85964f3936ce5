const express = require('express');
const app = express();
app.get('/health', async (req, res) => res.json(await ready()));
const PORT = Number(process.env.PORT) || 3000;
app.listen(PORT);
