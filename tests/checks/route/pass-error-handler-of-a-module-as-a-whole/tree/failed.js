module.exports = function (app) {
  app.use((error, request, response, next) => response.status(500).json({}));
};
