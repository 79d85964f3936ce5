const express = require('express');
const { PrismaClient } = require('@prisma/client');
const { Controller } = require('./controller');
const app = express();
const prisma = new PrismaClient();
const controller = new Controller();
app.get('/users', async (request, response) => response.json(await prisma.user.findMany()));
app.delete('/account', controller.remove);
app.listen(3000);
