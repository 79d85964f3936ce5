const express = require("express");
const users = express.Router();
users.route("/users").get((request, response) => response.json(find())).post((request, response) => response.json(add()));
module.exports = { users, limit: 5 };
