const express = require("express");
const { login } = require("./login");
const { guard } = require("./guard");
const { Match } = require("./models");

const app = express();
app.post("/login", login);
app.delete("/matches/:id", async (req, res) => {
  await Match.deleteOne({ _id: req.params.id });
  res.json({ ok: true });
});
app.use(guard);
app.listen(3000);
