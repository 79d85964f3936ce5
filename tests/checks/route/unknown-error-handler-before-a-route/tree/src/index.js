import express from 'express';
import { orders } from './orders.js';
const app = express();
const failed = (error, request, response, next) => response.status(500).json({ error: 'internal' });
import { all } from './store.js';
app.use('/orders', orders);
app.use(failed);
app.get('/export', async (request, response) => response.json(await all()));
app.listen(3000);
