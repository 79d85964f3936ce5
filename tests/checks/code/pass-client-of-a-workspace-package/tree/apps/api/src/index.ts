import Fastify from "fastify";
import { prisma } from "@shop/database";
const app = Fastify();
app.get("/users", async (request) => prisma.$queryRawUnsafe(`SELECT * FROM users WHERE name = '${request.query.name}'`));
await app.listen({ port: 3000 });
