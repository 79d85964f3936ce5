import rateLimit from "express-rate-limit";
import { env, isTest } from "./env.js";

const limited = env.NODE_ENV === "test" ? (_req, _res, next) => next() : rateLimit({ windowMs: 60000, max: 5 });
const open = (_req, _res, next) => next();

export const limiter = () => (isTest() ? open : limited);
