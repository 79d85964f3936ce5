import express from 'express';
const app = express();
const KNOWN = ['order.paid', 'order.sent'];
app.post('/hook', async (q, r) => {
  if (KNOWN.includes(q.body.type)) console.log(q.body.type);
  r.end();
});
