import express from "express";
import * as users from "./users.js";
const app = express();
app.get("/", (request, response) => response.json(users.count()));
app.listen(3000);
