module.exports = (app, pool) => {
  app.get('/health', async (request, response) => {
    await pool.query('SELECT 1');
    response.json({});
  });
};
