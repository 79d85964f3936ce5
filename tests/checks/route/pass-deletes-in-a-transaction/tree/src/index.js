const express = require('express');
const { PrismaClient } = require('@prisma/client');
const app = express();
const prisma = new PrismaClient();
app.delete('/account', async (request, response) => {
  await prisma.$transaction(async (tx) => {
    await tx.session.delete({ where: { id: request.session } });
  });
  response.sendStatus(204);
});
app.listen(3000);
