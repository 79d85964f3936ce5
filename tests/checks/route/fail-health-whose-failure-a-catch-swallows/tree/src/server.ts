import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
app.get("/health", async (request, response) => {
  let database = "unknown";
  try {
    await pool.query("SELECT 1");
    database = "ok";
  } catch {
    database = "error";
  }
  response.json({ status: "ok", database });
});
app.listen(3000);
