import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
async function isThere() {
  try {
    await pool.query("SELECT 1");
    return true;
  } catch (error) {
    return false;
  }
}
app.get("/health", async (request, response) => {
  const there = await isThere();
  response.status(200).json({ database: there ? "connected" : "disconnected" });
});
app.listen(3000);
