import express from "express";
import { verify } from "./accounts.js";
const app = express();
const wrap = (run) => (request, response, next) => run(request, response, next).catch(next);
app.post("/verify", wrap(verify), (request, response) => response.json({ ok: true }));
app.post("/other", wrap(verify), (request, response) => response.json({ ok: true }));
app.listen(3000);
