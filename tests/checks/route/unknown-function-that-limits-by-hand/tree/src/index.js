import express from "express";
const app = express();
const seen = new Map();
app.use((request, response, next) => {
  const count = (seen.get(request.ip) ?? 0) + 1;
  seen.set(request.ip, count);
  if (count > 100) return response.status(429).end();
  next();
});
app.get("/users", (request, response) => response.json(find()));
app.listen(3000);
