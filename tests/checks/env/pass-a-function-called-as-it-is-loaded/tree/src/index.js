import { address } from "./settings.js";
serve(address);
