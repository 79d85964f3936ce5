import { createServer } from 'node:http';
import { PrismaClient } from '@prisma/client';
if (!process.env.JWT_SECRET || !process.env.DATABASE_URL) {
  process.exit(1);
}
const prisma = new PrismaClient();
const answer = async (response) => response.end(JSON.stringify([process.env.JWT_SECRET.length, await prisma.order.count()]));
createServer((request, response) => answer(response)).listen(3000);
