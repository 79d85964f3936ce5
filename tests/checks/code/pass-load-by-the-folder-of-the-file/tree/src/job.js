const Redis = require("ioredis");
module.exports = () => new Redis().set("a", 1);
