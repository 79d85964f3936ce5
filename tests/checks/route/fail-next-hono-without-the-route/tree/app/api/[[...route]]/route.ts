import { Hono } from 'hono';
import { handle } from 'hono/vercel';

const users = new Hono().get('/', (c) => c.json([]));
const app = new Hono().basePath('/api').route('/users', users).route('/people', users);

export const GET = handle(app);
