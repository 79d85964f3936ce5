class Routes {
  constructor(app) {
    this.app = app;
    this.app.get('/health', (request, response) => response.json({ up: process.uptime() }));
  }
}
module.exports = { Routes };
