import { log } from "../log";

export const secured = (req: unknown, res: unknown, next: () => void) => {
  log("info");
  next();
};
