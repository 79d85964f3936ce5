const gone = ["MAIL_USER", "MAIL_PASSWORD"];
gone.forEach((name) => {
  if (process.env[name]) {
    console.warn(`${name} is used no more`);
  }
});
if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL");
