const express = require('express');
const { PrismaClient } = require('@prisma/client');
const app = express();
const prisma = new PrismaClient();
const caught = (run) => async (request, response) => {
  try {
    return await run(request, response);
  } catch (error) {
    response.sendStatus(500);
  }
};
const timed = (run) => async (request, response) => {
  console.time('answer');
  await run(request, response);
  console.timeEnd('answer');
};
const remove = caught(async (request, response) => {
  await prisma.user.delete({ where: { id: request.user } });
  response.sendStatus(204);
});
const list = caught(async (request, response) => response.json([]));
app.get('/accounts', timed(list));
app.delete('/account', timed(remove));
app.listen(3000);
