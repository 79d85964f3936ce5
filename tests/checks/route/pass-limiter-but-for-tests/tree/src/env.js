import { z } from "zod";

export const env = z.object({ NODE_ENV: z.enum(["development", "production", "test"]) }).parse(process.env);
export const isTest = () => env.NODE_ENV === "test";
