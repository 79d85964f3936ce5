const express = require("express");
const users = express.Router();
users.get("/users", (request, response) => response.json(find()));
exports.users = users;
