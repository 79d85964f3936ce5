import express from 'express';
const app = express();
app.post('/hook', (q, r) => {
  if (q.body.type === 'order.paid') return r.status(200).json({ received: true });
  ship(q.body);
  r.end();
});
