if (!process.env.APP_URL) throw new Error("APP_URL");
serve(process.env.APP_URL);
