import { Hono } from 'hono';
const app = new Hono();
app.post('/login', async (c) => c.json(await login(await c.req.json())));
export default app;
