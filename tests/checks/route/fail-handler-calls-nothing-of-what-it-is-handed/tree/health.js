const answer = (response, body) => response.status(200).json(body);
module.exports = (app, pool) => {
  app.get('/health', (request, response) => answer(response, { up: [1].map((one) => one.toFixed(1)) }));
  app.get('/users', async (request, response) => response.json(await pool.query('SELECT 2')));
};
