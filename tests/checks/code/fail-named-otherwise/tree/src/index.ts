import bcrypt from 'bcrypt';
import express from 'express';
const app = express();
app.post('/session', async (q, r) => r.json(await bcrypt.hash(q.body.token, 10)));
