import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
app.get("/health", async (request, response) => {
  let ok = true;
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    return response.send(error);
  }
  response.json({ ok });
});
app.listen(3000);
