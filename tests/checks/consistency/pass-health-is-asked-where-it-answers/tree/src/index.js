const express = require('express');
const app = express();
const router = express.Router();
router.get('/health', (req, res) => res.json({ ok: true }));
app.use('/api/v1', router);
app.listen(3000);
