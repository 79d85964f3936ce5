const express = require('express');
const app = express();
app.get('/health', async (req, res) => res.json(await ready()));
const port = 3000;
app.listen(port, () => console.log('up'));
