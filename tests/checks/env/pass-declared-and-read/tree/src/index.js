serve(process.env.APP_URL);
