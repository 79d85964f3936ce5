const { PrismaClient } = require('@prisma/client');
const db = new PrismaClient();
exports.find = () => db.order.findMany();
