const { Router } = require('express');
exports.makeRouter = ({ pool }) => {
  const router = Router();
  router.get('/health', async (request, response) => {
    await pool.query('SELECT 1');
    response.json({});
  });
  return router;
};
