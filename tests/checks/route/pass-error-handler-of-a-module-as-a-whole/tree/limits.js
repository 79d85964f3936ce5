const rateLimit = require('express-rate-limit');
module.exports = (app) => {
  app.use(rateLimit({ limit: 5 }));
};
