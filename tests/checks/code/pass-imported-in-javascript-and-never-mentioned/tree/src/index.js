import { event } from "./errors.js";
