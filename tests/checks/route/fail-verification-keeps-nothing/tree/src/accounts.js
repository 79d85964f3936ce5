import { PrismaClient } from '@prisma/client';
import { randomBytes } from 'node:crypto';
const prisma = new PrismaClient();
export async function register(mail) {
  const token = randomBytes(16).toString('hex');
  await prisma.user.create({ data: { mail } });
  return token;
}
export async function verify(token) {
  return { verified: token.length > 0 };
}
