import express from 'express';
const app = express();
import { tag } from './sentry';
app.get('/', (q, r) => r.send(tag));
