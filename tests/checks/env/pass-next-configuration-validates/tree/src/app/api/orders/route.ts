import { Pool } from 'pg';
import { env } from '../../../env';
const pool = new Pool({ connectionString: env.DATABASE_URL });
export async function GET() {
  return Response.json((await pool.query('select 1')).rows);
}
