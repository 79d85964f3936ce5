import { load } from "./load.js";
load(process.env);
