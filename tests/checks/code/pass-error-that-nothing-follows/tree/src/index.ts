import Stripe from 'stripe';
import express from 'express';
const app = express();
const stripe = new Stripe(process.env.KEY);
app.post('/hook', (q, r) => {
  try {
    ship(stripe.webhooks.constructEvent(q.body, q.headers.signature, process.env.SECRET));
    r.end();
  } catch (error) {
    console.error(error);
    r.status(400).end();
  }
});
