import { Events } from './events';
import express from 'express';
const app = express();
app.post('/hook', async (q, r) => {
  switch (q.body.type) {
    case Events.Sent:
      console.log('sent');
      break;
    case Events.Paid:
      await ship(q.body);
      break;
  }
  r.end();
});
