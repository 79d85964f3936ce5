serve(process.env.JWT_SECRET);
