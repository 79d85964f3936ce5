import Stripe from 'stripe';
import { other } from './other.js';
let client;
function getStripe() { if (!client) client = new Stripe(process.env.STRIPE_SECRET_KEY); return client; }
export const stripe = new Proxy({}, { get: (_target, prop) => prop in other ? other[prop] : getStripe()[prop] });
