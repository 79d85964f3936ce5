import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
import { answer } from "answers";
app.get("/health", async (request, response) => {
  let database = true;
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    database = false;
  }
  answer(response, database);
});
app.listen(3000);
