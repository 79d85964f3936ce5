connect(process.env.DATABASE_URL);
