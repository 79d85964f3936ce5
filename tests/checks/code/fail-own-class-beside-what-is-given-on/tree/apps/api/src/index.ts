import Fastify from "fastify";
import { PrismaClient } from "@shop/database";
const prisma = new PrismaClient();
const app = Fastify();
app.get("/users", async (request) => prisma.$queryRawUnsafe(`SELECT * FROM users WHERE name = '${request.query.name}'`));
await app.listen({ port: 3000 });
