import "./db.js";
const port = process.env.PORT || 3000;
const level = process.env.LEVEL ?? "info";
serve(process.env.JWT_SECRET, port, level);
