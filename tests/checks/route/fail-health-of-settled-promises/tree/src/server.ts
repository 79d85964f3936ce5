import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
app.get("/health", async (request, response) => {
  const [database] = await Promise.allSettled([pool.query("SELECT 1")]);
  response.json({ database: database.status });
});
app.listen(3000);
