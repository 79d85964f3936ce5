use(process.env.ORDERS_KEY);
