import { z } from "zod";
export const env = z.object({ JWT_SECRET: z.string().min(32) }).parse(process.env);
