const { PrismaClient } = require('@prisma/client');
const prisma = new PrismaClient({ datasourceUrl: require('./config').url });
prisma.user.findMany();
