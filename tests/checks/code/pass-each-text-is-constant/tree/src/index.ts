import Fastify from "fastify";
import { sql } from "drizzle-orm";
import { db } from "./db.js";
const app = Fastify();
app.get("/users", async () => db.execute(sql.raw("SELECT 1")));
await app.listen({ port: 3000 });
