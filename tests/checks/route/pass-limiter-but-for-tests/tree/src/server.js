import express from "express";
import { limiter } from "./limits.js";

const app = express();
app.post("/login", limiter(), (req, res) => {
  res.json({ name: req.body.name });
});
app.listen(3000);
