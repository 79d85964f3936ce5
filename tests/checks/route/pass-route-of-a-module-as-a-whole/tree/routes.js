function routes(app) {
  app.get('/health', (request, response) => response.json({ up: process.uptime() }));
}
module.exports = routes;
