import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
const UP = 200;
const DOWN = 503;
app.get("/health", async (request, response) => {
  let ok = true;
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    ok = false;
  }
  response.status(ok ? UP : DOWN).json({ ok });
});
app.listen(3000);
