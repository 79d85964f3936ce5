import express from "express";
import { signIn } from "./accounts.js";
const app = express();
app.post("/login", async (request, response) => response.json(await signIn(request.body)));
app.use((error, request, response, next) => { if (response.headersSent) return next(error); response.status(500).end(); });
app.listen(3000);
