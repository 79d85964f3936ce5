const { Pool } = require("pg");
const pool = new Pool();
async function main() {
  await pool.query("SELECT * FROM bets WHERE placed_on = $1", [1]);
  await pool.query("DELETE FROM bets WHERE placed_on < $1", [1]);
  await pool.query("SELECT * FROM bets WHERE user_id = $1 AND placed_on = $2", [1, 2]);
}
main();
async function others() {
  await pool.query("SELECT * FROM players WHERE nick = $1", [1]);
  await pool.query("SELECT * FROM players WHERE id = $1 AND nick = $2", [1, 2]);
}
others();
