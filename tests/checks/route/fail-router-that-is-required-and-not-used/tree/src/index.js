const express = require("express");
const { users } = require("./users");
const app = express();
function mount() { app.use("/api", users); }
app.get("/", (request, response) => response.json(find()));
app.listen(3000);
