import express from 'express';
const app = express();
import { hook } from './hook';
app.post('/api/webhooks/stripe', hook);
