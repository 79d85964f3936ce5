import { env } from "./env.js";
serve(env.JWT_SECRET);
