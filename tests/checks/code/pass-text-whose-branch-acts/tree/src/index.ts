import express from 'express';
const app = express();
app.post('/hook', async (q, r) => {
  const isPaid = q.body.type === 'order.paid';
  if (isPaid) await ship(q.body);
  r.end();
});
