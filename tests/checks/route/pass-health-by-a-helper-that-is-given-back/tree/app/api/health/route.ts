import { Pool } from "pg";
import { responses } from "../../../answers";
const pool = new Pool();
export async function GET() {
  const there = await pool.query("SELECT 1").then(() => true, () => false);
  if (!there) return responses.unavailable();
  return responses.good({ there });
}
