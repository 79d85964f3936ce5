import express from 'express';
const app = express();
import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
app.delete('/account', async (q, r) => {
  await prisma.user.findUnique({ where: { id: q.user.id } });
  r.json({ message: 'it will be deleted' });
});
