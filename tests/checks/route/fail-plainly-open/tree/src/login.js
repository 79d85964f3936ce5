const jwt = require("jsonwebtoken");
const { Account } = require("./models");

exports.login = async (req, res) => {
  const account = await Account.findOne({ email: req.body.email });
  if (!account || !(await account.matches(req.body.password))) {
    return res.status(401).json({ error: "who?" });
  }
  res.json({ token: jwt.sign({ id: account.id }, process.env.JWT_SECRET) });
};
