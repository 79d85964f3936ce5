const express = require("express");
const { login } = require("./login");

const app = express();
app.post("/login", login);
app.delete("/matches/:id", async (req, res) => {
  res.json({ ok: true, id: req.params.id.trim() });
});
app.listen(3000);
