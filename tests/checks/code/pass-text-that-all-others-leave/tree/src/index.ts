import express from 'express';
const app = express();
app.post('/hook', async (q, r) => {
  if (q.body.type !== 'order.paid') return r.end();
  await ship(q.body);
  r.end();
});
