import express from 'express';
const app = express();
import { Hooks } from './hooks';
const hooks = new Hooks();
app.post('/api/webhooks/stripe', hooks.stripe.bind(hooks));
