import express from 'express';
const app = express();
import rateLimit from 'express-rate-limit';
import auth from './auth';
const make = (options: any) => {
  const { max = 5, skipFailedRequests = false } = options;
  return rateLimit({ max, skipFailedRequests });
};
app.use('/auth', make({ max: 5 }), auth);
