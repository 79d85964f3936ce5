import express from 'express';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const app = express();
app.get('/health', async (request, response) => {
  const mongoose = require('mongoose');
  response.json({ up: mongoose.connection.readyState === 1 });
});
app.listen(process.env.PORT);
