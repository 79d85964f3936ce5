import { check } from "./env.js";
check();
serve(process.env.APP_URL, process.env.API_SECRET);
