const express = require('express');
const app = express();
app.get(process.env.HEALTH_PATH, (req, res) => res.json({ ok: true }));
app.listen(3000);
