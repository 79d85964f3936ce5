import express from 'express';
const app = express();
import { sanitizeName } from './sanitize';
app.post('/', (q, r) => r.send(sanitizeName(q.body)));
