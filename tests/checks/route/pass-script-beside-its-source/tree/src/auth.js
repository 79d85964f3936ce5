const { Router } = require('express');
const router = Router();
router.post('/reset-password', async (request, response) => response.json(await fetch('http://accounts')));
module.exports = router;
