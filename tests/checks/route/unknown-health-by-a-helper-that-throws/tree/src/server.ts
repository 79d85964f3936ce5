import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
function refuse(message: string) {
  throw new Error(message);
}
app.get("/health", async (request, response) => {
  let ok = true;
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    ok = false;
  }
  if (!ok) refuse("database");
  response.json({ ok });
});
app.listen(3000);
