import express from "express";
import { Pool } from "pg";
const app = express();
const pool = new Pool();
import { fail, good } from "./answers";
app.get("/health", async (request, response) => {
  try {
    await pool.query("SELECT 1");
    good(response);
  } catch (error) {
    fail(response);
  }
});
app.listen(3000);
