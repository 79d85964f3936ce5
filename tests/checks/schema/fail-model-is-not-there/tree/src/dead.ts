import { prisma } from "./db";
export const dead = () => prisma.nobody.count();
