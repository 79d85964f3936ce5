const Stripe = require('stripe');

exports.payments = {
  get client() {
    return new Stripe(process.env.STRIPE_SECRET_KEY);
  },
};
