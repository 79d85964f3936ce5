const express = require("express");
const AuthRoute = require("./auth.route");
class App {
  constructor(routes) { this.routes = routes; this.app = express(); this.mount(); }
  mount() { for (const route of this.routes) this.app.use("/", route.router); }
  listen() { this.app.listen(3000); }
}
const routes = [new AuthRoute()];
new App(routes).listen();
