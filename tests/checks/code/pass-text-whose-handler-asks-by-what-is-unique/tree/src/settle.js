const { PrismaClient } = require("@prisma/client");

const prisma = new PrismaClient();

exports.settle = async (payment) => {
  const order = await prisma.order.findFirst({ where: { paymentId: payment.id } });
  await prisma.order.update({ where: { paymentId: payment.id }, data: { status: "paid", previous: order.status } });
};
