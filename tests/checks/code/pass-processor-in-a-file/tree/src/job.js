const Redis = require("ioredis");
module.exports = async () => new Redis().set("a", 1);
