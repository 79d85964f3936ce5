import express from 'express';
import request from 'supertest';
import { auth } from '../src/auth.js';
const app = express();
app.use('/auth', auth);
app.get('/', (req, res) => res.end());
test('in', async () => expect((await request(app).post('/auth/login')).status).toBe(200));
