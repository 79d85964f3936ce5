import express from "express";
import { verify } from "./accounts.js";
const app = express();
const wrap = (run) => (request, response, next) => run(request, response, next).catch(next);
app.post("/verify", wrap(verify), (request, response) => response.render("verified"));
app.listen(3000);
