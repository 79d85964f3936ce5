const express = require('express');
const { Pool } = require('pg');
let pool = null;
function getPool() {
  if (!pool) pool = new Pool();
  return pool;
}
class Health {
  constructor(pool) { this.pool = pool; }
  async answer(request, response) { await this.ask(); response.json({}); }
  async ask() { await this.pool.query('SELECT 1'); }
}
const health = new Health(getPool());
const app = express();
app.get('/health', health.answer.bind(health));
app.listen(3000);
