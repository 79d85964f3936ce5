use(process.env.ORDERS_KEY, process.env.ORDERS_REGION?.trim());
