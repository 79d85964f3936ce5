import express from 'express';

const app = express();
app.get('/health', async (request, response) => {
  const mongoose = require('mongoose');
  response.json({ up: mongoose.connection.readyState === 1 });
});
app.listen(process.env.PORT);
