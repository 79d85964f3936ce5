import express from "express";
import { rateLimit } from "express-rate-limit";
import { signIn } from "./accounts.js";
const app = express();
function limits() {
  if (!process.env.KEY) {
    process.exit(1);
    return;
  }
  app.use(rateLimit({ limit: 5 }));
}
limits();
app.post("/login", async (request, response) => response.json(await signIn(request.body)));
app.listen(3000);
