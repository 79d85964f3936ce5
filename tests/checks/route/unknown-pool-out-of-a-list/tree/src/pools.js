const mysql = require('mysql2/promise');
class Pools {
  constructor() {
    this.pools = new Map();
  }
  add(name, url) {
    this.pools.set(name, mysql.createPool(url));
  }
  async check() {
    const found = {};
    for (const [name, pool] of this.pools.entries()) {
      await pool.execute('SELECT 1');
      found[name] = true;
    }
    return found;
  }
}
module.exports = new Pools();
