import express from 'express';
import { check } from './db';

const app = express();
const wrap = (handle) => (request, response, next) => {
  Promise.resolve(handle(request, response, next)).catch(next);
};
app.get('/health', wrap(async (request, response) => {
  const [isUp] = await Promise.all([check()]);
  response.status(isUp ? 200 : 503).json({ isUp });
}));
app.listen(3000);
