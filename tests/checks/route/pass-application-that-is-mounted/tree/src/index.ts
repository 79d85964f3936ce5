import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { auth } from './auth';
const app = new Hono();
app.get('/health', (c) => c.text('ok'));
app.route('/api', auth);
serve({ fetch: app.fetch });
