import express from 'express';
const app = express();
export enum Events {
  Paid = 'order.paid',
  Sent = 'order.sent',
}
app.post('/hook', async (q, r) => {
  switch (q.body.type) {
    case Events.Sent:
      await close(q.body);
      break;
    case Events.Paid:
      console.log('paid');
      break;
  }
  r.end();
});
