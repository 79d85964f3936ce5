import express from 'express';
const app = express();
app.post('/hook', (q, r) => {
  switch (q.body.type) {
    case 'order.paid': {
      console.log('paid');
      break;
    }
    default:
      ship(q.body);
  }
  r.end();
});
