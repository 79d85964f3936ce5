const load = require(process.env.CLIENT);
async function main(client) {
  await client.order.findMany({ where: { number: "1" } });
}
main(load);
