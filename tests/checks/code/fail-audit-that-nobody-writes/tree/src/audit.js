import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
export const record = (who, what) => prisma.auditLog.create({ data: { who, what } });
export const listed = () => prisma.auditLog.findMany();
