import express from 'express';
const app = express();
app.post('/hook', async (q, r) => {
  if (isOf(q.body, 'order.paid')) await ship(q.body);
  r.end();
});
