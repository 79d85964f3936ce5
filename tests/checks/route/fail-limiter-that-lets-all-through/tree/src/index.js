import express from "express";
import { rateLimit } from "express-rate-limit";
import { signIn } from "./accounts.js";
const app = express();
app.use(rateLimit({ limit: 5, skip: () => true }));
app.post("/login", async (request, response) => response.json(await signIn(request.body)));
app.listen(3000);
