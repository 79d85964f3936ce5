import { Hono } from 'hono';
import { database } from './database';

export const v1 = new Hono()
  .get('/users', (c) => c.json([]))
  .get('/health', async (c) => {
    await database.ping();
    return c.json({ ok: true });
  });
