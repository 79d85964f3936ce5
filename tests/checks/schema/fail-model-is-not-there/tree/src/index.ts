import { prisma } from "./db";
const check = () => prisma.iPTracking.findMany({ where: { id: 1 } });
export const run = () => prisma.post.findMany().then(check);
prisma.$queryRaw`SELECT 1`;
run();
