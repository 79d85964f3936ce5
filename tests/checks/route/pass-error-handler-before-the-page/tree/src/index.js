import express from 'express';
import { orders } from './orders.js';
const app = express();
const failed = (error, request, response, next) => response.status(500).json({ error: 'internal' });
app.use('/orders', orders);
app.use(failed);
app.get('/health', (request, response) => response.json({ ok: true }));
app.get('*', (request, response) => response.sendFile('/srv/index.html'));
app.listen(3000);
