import { Pool } from "pg";
import { responses } from "../../../answers";
const pool = new Pool();
export async function GET() {
  const there = await pool.query("SELECT 1").then(() => true, () => false);
  
  return responses.good({ there });
}
