const mysql = require('mysql2/promise');
class Pools {
  constructor(parts) {
    Object.assign(this, parts);
  }
  async check() {
    await this.pool.execute('SELECT 1');
    return { ok: true };
  }
}
module.exports = new Pools({ pool: mysql.createPool(process.env.DATABASE_URL) });
