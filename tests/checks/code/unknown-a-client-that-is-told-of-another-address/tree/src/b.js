const { PrismaClient } = require('@prisma/client');
const db = new PrismaClient({ datasourceUrl: process.env.REPLICA_URL });
exports.find = () => db.order.findMany();
