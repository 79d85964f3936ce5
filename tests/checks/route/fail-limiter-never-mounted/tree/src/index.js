import express from "express";
import { strict } from "./limits.js";
import { signIn } from "./accounts.js";
const app = express();
console.log(typeof strict);
app.post("/login", async (request, response) => response.json(await signIn(request.body)));
app.listen(3000);
