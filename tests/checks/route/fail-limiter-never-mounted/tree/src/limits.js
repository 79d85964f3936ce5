import { rateLimit } from "express-rate-limit";

export const strict = rateLimit({ limit: 5 });
