import bcrypt from 'bcrypt';
import express from 'express';
const app = express();
const seal = (text) => bcrypt.hash(text, 10);
app.post('/session', async (q, r) => r.json(await seal(q.body.password)));
