import Fastify from "fastify";
import { sql } from "drizzle-orm";
import { db } from "./db.js";
const COLUMNS = ["id", "name"];
const ORDER = { name: "name ASC", date: "created DESC" };
const count = (table: string) => db.execute(sql.raw(`SELECT count(*) FROM ${table}`));
const app = Fastify();
app.get("/users", async (request) => {
  const limit = Number(request.query.limit);
  const order = ORDER[request.query.order] ?? "id";
  return db.execute(sql.raw(`SELECT ${COLUMNS.join(", ")} FROM users ORDER BY ${order} LIMIT ${limit}` + (limit > 10 ? " OFFSET 1" : "")));
});
app.get("/count", async () => [await count("users"), await count("orders"), await db.execute(sql.raw("SELECT 1"))]);
await app.listen({ port: 3000 });
