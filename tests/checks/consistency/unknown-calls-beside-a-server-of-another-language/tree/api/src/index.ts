import express from "express";
import { mail } from "./mail";
const app = express();
app.post("/api/auth/login", (request, response) => { mail("x"); response.json(request.body); });
app.get("/api/users/:id", (request, response) => { response.json(request.params); });
app.listen(3000);
