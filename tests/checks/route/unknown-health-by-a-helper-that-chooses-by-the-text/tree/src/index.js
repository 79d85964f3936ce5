const express = require('express');
const db = require('./adapter');

const app = express();
app.get('/health', async (request, response) => {
  try {
    await db.query('SELECT 1');
    response.json({ database: true });
  } catch (error) {
    response.status(503).json({ database: false });
  }
});
app.listen(3000);
