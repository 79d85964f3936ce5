import { Hono } from 'hono';
export const auth = new Hono();
auth.post('/login', async (c) => c.json(await login(await c.req.json())));
