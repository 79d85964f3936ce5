import { buffer } from 'micro';
import Stripe from 'stripe';

const stripe = new Stripe(process.env.KEY);
export const config = { api: { bodyParser: false } };
export default async function handler(req, res) {
  if (req.method !== 'POST') return res.status(405).end();
  const body = await buffer(req);
  stripe.webhooks.constructEvent(body, req.headers['stripe-signature'], process.env.SECRET);
  res.end();
}
