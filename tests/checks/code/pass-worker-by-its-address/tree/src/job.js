import { Redis } from "ioredis";
new Redis().set("a", 1);
