async function variables() {
  if (!process.env.ORDERS_KEY) throw new Error('ORDERS_KEY is not set');
}
variables();
