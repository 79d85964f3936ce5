import Stripe from 'stripe';
import express from 'express';
const app = express();
const stripe = new Stripe(process.env.KEY);
app.post('/hook', (q, r) => {
  try {
    stripe.webhooks.constructEvent(q.body, q.headers.signature, process.env.SECRET);
  } catch (error) {
    console.error(error);
  }
  ship(q.body);
  r.end();
});
