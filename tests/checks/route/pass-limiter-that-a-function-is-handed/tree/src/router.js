const { Router } = require('express');
exports.createRouter = (logger, strict) => {
  const router = Router();
  router.post('/login', strict, async (request, response) => response.json(await fetch('http://accounts')));
  return router;
};
