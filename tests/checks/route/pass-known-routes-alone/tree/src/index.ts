import express from 'express';
const app = express();
import rateLimit from 'express-rate-limit';
import auth from './auth';
app.use('/auth', rateLimit({ max: 5 }), auth);
app.post(process.env.WHERE, (q, r) => other(q, r));
