import { Router } from 'express';
import { all, one } from './store.js';
export const orders = Router();
orders.get('/', async (request, response) => response.json(await all()));
orders.get('/:id', async (request, response) => response.json(await one(request.params.id)));
