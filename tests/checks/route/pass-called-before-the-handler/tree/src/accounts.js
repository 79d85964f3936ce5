import { Pool } from "pg";
const pool = new Pool();
export const verify = async (request, response, next) => { await pool.query("select 1"); next(); };
