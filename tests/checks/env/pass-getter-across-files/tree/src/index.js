import { need } from "./need.js";
serve(need("JWT_SECRET"));
