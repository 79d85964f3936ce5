import express from "express";
import users from "./users.js";
const app = express();
const { mount } = await import(process.env.ROUTES);
mount(app);
app.listen(3000);
