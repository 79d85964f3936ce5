const express = require('express');
const app = express();
app.get('/health', async (req, res) => res.json(await ready()));
const PORT = parseInt(process.env.PORT || '3000', 10);
app.listen(PORT);
