const express = require("express");
const handled = require("express-async-handler");
const { login } = require("./login");
const { Match } = require("./models");

const app = express();
app.use(express.json());
app.use((req, res, next) => {
  res.on("finish", () => console.log(req.user ? req.user.id : "guest", req.headers.authorization));
  next();
});
const spread = (text, left) => {
  if (left > 0) spread(text, left - 1);
};
app.use((req, res, next) => {
  spread(req.url, 2);
  next();
});
app.post("/login", login);
const router = express.Router();
router.put("/:id", handled(async (req, res) => {
  res.json(await Match.findByIdAndUpdate(req.params.id, { name: req.body.name }));
}));
app.use("/matches", router);
app.listen(3000);
