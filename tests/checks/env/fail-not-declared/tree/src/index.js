serve(process.env.JWT_SECRET, process.env.DATABASE_URL);
