import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import './auth';
const app = new Hono();
app.get('/health', (c) => c.text('ok'));
serve({ fetch: app.fetch });
