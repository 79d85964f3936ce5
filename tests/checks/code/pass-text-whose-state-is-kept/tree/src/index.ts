import express from 'express';
const app = express();
app.post('/hook', async (q, r) => {
  let state;
  switch (q.body.type) {
    case 'order.paid':
      state = 'paid';
      break;
  }
  await orders.update(q.body.order, state);
  r.end();
});
