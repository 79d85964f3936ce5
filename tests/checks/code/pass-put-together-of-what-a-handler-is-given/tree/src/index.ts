import Fastify from "fastify";
import { sql } from "drizzle-orm";
import { db } from "./db.js";
const app = Fastify();
app.get("/users", async (request) => db.execute(sql.raw(`SELECT * FROM users WHERE name = '${request.query.name}'`)));
await app.listen({ port: 3000 });
