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
app.delete("/g/:id", async (req, res) => {
  const match = await Match.findById(req.params.id);
  if (match.words !== req.body.words) return res.status(404).end();
  await match.deleteOne();
  res.json({ ok: true });
});
app.delete("/h/:id", async (req, res) => {
  await Match.findOneAndDelete({ _id: req.params.id, editKey: req.query.editKey });
  res.json({ ok: true });
});
app.delete("/i/:id", async (incoming, outgoing) => {
  if (incoming.stranger) return outgoing.status(404).end();
  await Match.deleteOne({ _id: incoming.params.id });
  outgoing.json({ ok: true });
});
app.all("/j/:id", async (req, res) => {
  if (req.method === "GET") return res.json(await Match.findById(req.params.id));
  await Match.create({ name: req.body.name });
  res.json({ ok: true });
});
const counted = (depth, req, res, next) => (depth > 0 ? counted(depth - 1, req, res, next) : gate(req, res, next));
app.delete("/k/:id", (req, res, next) => counted(2, req, res, next), remove);
const wrap = (run) => async (...all) => {
  if (await gate.lets(...all)) await run(...all);
};
app.delete("/l/:id", wrap(remove));
const again = (req, left) => {
  if (left > 0) again(req, left - 1);
};
app.delete("/m/:id", gate(), (req, res, next) => {
  again(req, 3);
  next();
}, remove);
app.listen(3000);
