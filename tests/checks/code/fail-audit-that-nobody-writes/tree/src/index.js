import express from 'express';
import { listed } from './audit.js';
const app = express();
app.get('/admin/audit', async (request, response) => response.json(await listed()));
app.listen(process.env.PORT);
