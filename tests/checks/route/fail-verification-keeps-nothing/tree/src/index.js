import express from 'express';
import { register, verify } from './accounts.js';
const app = express();
app.post('/register', async (request, response) => response.json(await register(request.body.mail)));
app.post('/auth/verify-email', async (request, response) => response.json(await verify(request.body.token)));
app.listen(process.env.PORT);
