import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
app.get("/health", async (request, response) => {
  try {
    try {
      await pool.query("SELECT 1");
    } catch (error) {
      return response.json({ status: "degraded" });
    }
    response.json({ status: "ok" });
  } catch (error) {
    response.status(500).json({ status: "error" });
  }
});
app.listen(3000);
