import * as $Class from "./internal/class.js";
export const PrismaClient = $Class.getPrismaClientClass();
