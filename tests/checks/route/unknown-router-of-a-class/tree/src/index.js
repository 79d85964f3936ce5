import express from "express";
import { Users } from "./users.js";
import { controllers } from "./controllers.js";
const app = express();
for (const one of controllers(Users)) app.use("/api", one.router);
app.listen(3000);
