import express from "express";
import users from "./users.js";
import { mountAll } from "@some/routes";
const app = express();
mountAll(app, [users]);
app.listen(3000);
