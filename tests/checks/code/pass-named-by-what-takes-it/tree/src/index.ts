import bcrypt from 'bcrypt';
import express from 'express';
const app = express();
app.post('/session', async (q, r) => users.save({ password: await bcrypt.hash(q.body.given, 10) }));
