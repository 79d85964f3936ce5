import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
app.get("/health", async (request, response, next) => {
  try {
    await pool.query("SELECT 1");
    response.json({ status: "ok" });
  } catch (error) {
    next(error);
  }
});
app.listen(3000);
