const required = [];
if (process.env.NODE_ENV === "production") {
  required.push("DATABASE_URL", "JWT_SECRET");
}
const missing = required.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(missing.join(", "));
  process.exit(1);
}
console.log(process.env.DATABASE_URL, process.env.JWT_SECRET);
