const { esc } = require('./esc');

// A page that shows how others connect.
module.exports = (open) => `<main>${open ? `<pre>const pool = new Pool({
  connectionString: process.env.DATABASE_URL
});</pre>` : ''}<p>${esc("process.env['DATABASE_URL'] is what they call it")}</p></main>`;
