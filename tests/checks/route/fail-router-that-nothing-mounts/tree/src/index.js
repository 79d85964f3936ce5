import express from "express";
import users from "./users.js";
const app = express();
// app.use("/api", users);
app.get("/", (request, response) => response.json(find()));
app.listen(3000);
