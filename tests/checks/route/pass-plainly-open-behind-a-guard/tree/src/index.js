const express = require("express");
const { login } = require("./login");
const { guard } = require("./guard");
const { Match } = require("./models");

const app = express();
app.post("/login", login);
app.delete("/matches/:id", guard, async (req, res) => {
  await Match.deleteOne({ _id: req.params.id });
  res.json({ ok: true });
});
app.patch("/matches/:id", async (req, res) => {
  if (req.get("X-Key") !== process.env.KEY) return res.status(404).end();
  res.json(await Match.updateOne({ _id: req.params.id }, { name: req.body.name }));
});
const router = express.Router();
router.put("/:id", async (req, res) => {
  res.json(await Match.updateOne({ _id: req.params.id }, { name: req.body.name }));
});
app.use("/matches", guard, router);
app.listen(3000);
