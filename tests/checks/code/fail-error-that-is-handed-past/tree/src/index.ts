import Stripe from 'stripe';
import express from 'express';
const app = express();
const stripe = new Stripe(process.env.KEY);
app.use('/hook', (q, r, next) => {
  try {
    q.event = stripe.webhooks.constructEvent(q.body, q.headers.signature, process.env.SECRET);
    next();
  } catch (error) {
    console.error(error);
    next();
  }
});
