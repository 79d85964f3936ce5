const Redis = require("ioredis");
new Redis().set("a", 1);
