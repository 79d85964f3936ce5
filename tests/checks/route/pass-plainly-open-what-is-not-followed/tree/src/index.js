const express = require("express");
const gate = require("some-gate");
const { login } = require("./login");
const { Match } = require("./models");

const app = express();
app.post("/login", login);
const remove = async (req, res) => {
  await Match.deleteOne({ _id: req.params.id });
  res.json({ ok: true });
};
app.delete("/a/:id", gate(), remove);
app.delete("/b/:id", gate(remove));
app.delete("/c/:id", async (req, res) => {
  await app.locals.plan(req);
  await remove(req, res);
});
app.delete("/d/:id", process.env.BEFORE === "1" ? gate : (req, res, next) => next(), remove);
app.delete("/e/:id", async (req, res) => {
  if (process.env.STAGE === "live") return res.status(404).end();
  await remove(req, res);
});
const kept = (check, run) => async (req, res) => (await check(req)) && run(req, res);
app.delete("/f/:id", kept((req) => req.state, remove));
app.listen(3000);
