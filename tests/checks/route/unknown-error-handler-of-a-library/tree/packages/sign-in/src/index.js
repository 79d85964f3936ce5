const express = require('express');

exports.createSession = () => {
  const router = express.Router();
  router.get('/session', (request, response) => response.json({ user: request.user }));
  return router;
};
