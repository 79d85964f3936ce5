import { Hono } from 'hono';
import { handle } from 'hono/vercel';
import { v1 } from '../../../server/v1';

const app = new Hono().basePath('/api').use(async (c, next) => { await next(); }).route('/v1', v1);

export const GET = handle(app);
export const POST = handle(app);
