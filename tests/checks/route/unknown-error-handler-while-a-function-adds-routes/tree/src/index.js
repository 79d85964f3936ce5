import express from 'express';
import { orders } from './orders.js';
const app = express();
const failed = (error, request, response, next) => response.status(500).json({ error: 'internal' });
import { all } from './store.js';
async function addRoutes() {
  await all();
  app.use('/orders', orders);
}
addRoutes();
app.use(failed);
app.listen(3000);
