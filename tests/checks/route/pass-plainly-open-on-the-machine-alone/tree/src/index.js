const express = require("express");
const cors = require("cors");
const helmet = require("helmet");
const { login } = require("./login");
const { Match } = require("./models");

const app = express();
app.use(helmet());
app.use(cors());
app.use(express.json());
app.post("/login", login);
app.delete("/matches/:id", async (req, res) => {
  await Match.findByIdAndDelete(req.params.id);
  res.json({ ok: true });
});
app.listen(3000, "127.0.0.1");
