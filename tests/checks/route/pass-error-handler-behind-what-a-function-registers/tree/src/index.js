import express from 'express';
import { registerRoutes } from './routes.js';
const app = express();
const failed = (error, request, response, next) => response.status(500).json({ error: 'internal' });
app.get('/health', (request, response) => response.json({ ok: true }));
registerRoutes(app);
app.use(failed);
app.listen(3000);
