const { Pool } = require('pg');
const pool = new Pool();
const replica = new Pool({ host: 'replica' });

const query = async (text, parameters = []) => {
  if (text.includes('SELECT')) {
    return replica.query(text, parameters);
  }
  return pool.query(text, parameters);
};

module.exports = { query };
