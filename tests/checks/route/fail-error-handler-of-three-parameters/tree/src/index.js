import express from "express";
import { signIn } from "./accounts.js";
const app = express();
app.post("/login", async (request, response) => response.json(await signIn(request.body)));
app.use((error, request, response, next = () => {}) => { response.status(500).json({ error: error.message }); });
app.listen(3000);
