const express = require("express");
const Stripe = require("stripe");
const { settle } = require("./settle");

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);
const app = express();
app.post("/webhooks/stripe", express.raw({ type: "application/json" }), async (req, res) => {
  const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], process.env.STRIPE_WEBHOOK_SECRET);
  if (event.type === "payment_intent.succeeded") {
    await settle(event.data.object);
  }
  res.json({ received: true });
});
app.listen(3000);
