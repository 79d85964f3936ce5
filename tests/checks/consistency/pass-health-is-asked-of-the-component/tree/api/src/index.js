const express = require('express');
const app = express();
app.get('/api/v1/health', (req, res) => res.json({}));
app.listen(3000);
