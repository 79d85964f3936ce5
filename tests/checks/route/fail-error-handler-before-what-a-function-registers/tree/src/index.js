import express from 'express';
import { registerRoutes } from './routes.js';
const app = express();
const failed = (error, request, response, next) => response.status(500).json({ error: 'internal' });
app.get('/health', (request, response) => response.json({ ok: true }));
app.use(failed);
registerRoutes(app);
app.listen(3000);
