import Stripe from 'stripe';
let client;
function getStripe() { if (!client) client = new Stripe(process.env.STRIPE_SECRET_KEY); return client; }
export const stripe = new Proxy({}, { get(_target, prop) { const c = getStripe(); const value = c[prop]; return typeof value === 'function' ? value.bind(c) : value; } });
