const { PrismaClient } = require("@prisma/client");
const prisma = new PrismaClient();
async function main(input) {
  const where = { number: input.number, isPaid: true };
  await prisma.order.findMany({ where });
  await prisma.order.findFirst({ where: { AND: [{ number: input.number }, { state: "OPEN" }] } });
  await prisma.order.count({ where: { number: { in: input.numbers } } });
  await prisma.order.findMany({ where: { shopId: input.shop, city: input.city } });
  await prisma.order.findMany({ where: { shopId: input.other, city: input.city } });
  await prisma.order.deleteMany({ where: { shopId: input.third, city: input.city } });
  await prisma.order.findMany({ where: { isPaid: true, state: "OPEN" } });
  await prisma.order.findMany({ where: { city: { contains: input.city } } });
  await prisma.order.findMany({ where: { city: input.city } });
  await prisma.order.findMany({ where: { ...input.where, city: input.city } });
  await prisma.order.findMany({ where: { OR: [{ city: input.city }, { city: input.town }] } });
}
main(process.env);
