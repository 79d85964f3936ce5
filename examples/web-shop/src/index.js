import express from "express";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();

app.get("/health", async (request, response) => {
  await pool.query("select 1");
  response.json({ status: "ok" });
});

app.listen(process.env.PORT ?? 3000);
