import express from 'express';
const app = express();
import rateLimit from 'express-rate-limit';
import auth from './auth';
app.use('/auth', rateLimit({ max: 5, skipFailedRequests: true }));
app.use('/auth', auth);
