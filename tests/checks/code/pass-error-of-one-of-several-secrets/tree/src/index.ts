import Stripe from 'stripe';
import express from 'express';
const app = express();
const stripe = new Stripe(process.env.KEY);
app.post('/hook', (q, r) => {
  let event = null;
  for (const secret of secrets) {
    try {
      event = stripe.webhooks.constructEvent(q.body, q.headers.signature, secret);
      break;
    } catch {}
  }
  if (!event) return r.status(400).end();
  ship(event);
  r.end();
});
