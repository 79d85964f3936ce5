import Stripe from 'stripe';
export const pay = () => new Stripe('key').charges.create({});
