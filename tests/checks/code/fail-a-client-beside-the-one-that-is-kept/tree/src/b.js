const { PrismaClient } = require('@prisma/client');
const db = globalThis.db ?? new PrismaClient();
globalThis.db = db;
exports.find = () => db.order.findMany();
