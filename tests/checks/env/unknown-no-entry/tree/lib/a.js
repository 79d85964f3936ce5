use(process.env.X_KEY);
