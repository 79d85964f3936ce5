const { PrismaClient } = require('@prisma/client');
const db = new PrismaClient({ log: ['error'] });
exports.find = () => db.order.findMany();
