import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
const isThere = () => pool.query("SELECT 1").then(() => true).catch(() => false);
app.get("/health", async (request, response) => {
  const there = await isThere();
  response.status(there ? 200 : 503).json({ there });
});
app.listen(3000);
