const mongoose = require("mongoose");

exports.Account = mongoose.model("Account", new mongoose.Schema({ email: String }));
exports.Match = mongoose.model("Match", new mongoose.Schema({ name: String }));
