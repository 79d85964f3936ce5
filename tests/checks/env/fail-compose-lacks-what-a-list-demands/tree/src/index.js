import { check } from "./env.js";
check();
