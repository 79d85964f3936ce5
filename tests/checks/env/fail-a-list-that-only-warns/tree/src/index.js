const names = ["JWT_SECRET"];
for (const name of names) {
  if (!process.env[name]) console.warn(name);
}
serve(process.env.OTHER_SECRET);
