const express = require("express");
const { Match } = require("./models");

const app = express();
app.delete("/matches/:id", async (req, res) => {
  await Match.deleteOne({ _id: req.params.id });
  res.json({ ok: true });
});
app.listen(3000);
