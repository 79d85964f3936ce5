import express from 'express';
import { limits } from './limits';
const app = express();
app.use(async (q, r, next) => {
  const { success } = await limits.check(q.ip);
  return success ? next() : r.status(429).end();
});
app.get('/orders', (q, r) => r.json({ limit: q.page.limit }));
app.listen(3000);
