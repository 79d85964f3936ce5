const express = require("express");
const { rateLimit } = require("express-rate-limit");
class AuthRoute {
  constructor() { this.path = "/users"; this.router = express.Router(); this.add(); }
  add() { this.router.post(`${this.path}/login`, rateLimit({ max: 5 }), (request, response) => response.json(find(request.body))); }
}
module.exports = AuthRoute;
