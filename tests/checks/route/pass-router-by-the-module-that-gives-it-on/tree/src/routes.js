exports.all = require("./users");
