import express from 'express';
const app = express();
import rateLimit from 'express-rate-limit';
import auth from './auth';
const shared = { windowMs: 1000, standardHeaders: true };
const make = (options: object) => rateLimit({ ...shared, ...options });
app.use('/auth', rateLimit({ ...shared, max: 5 }));
app.use('/auth', make({ max: 5 }));
app.use('/auth', auth);
