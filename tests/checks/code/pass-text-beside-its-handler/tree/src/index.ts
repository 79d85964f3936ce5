import express from 'express';
const app = express();
app.post('/hook', async (q, r) => {
  await handlers[q.body.type](q.body);
  r.end();
});
const handlers = { 'order.paid': (order) => ship(order) };
