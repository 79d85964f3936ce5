import { log } from "../log.js";

export const secured = (req: unknown, res: unknown, next: () => void) => {
  log("info");
  next();
};
