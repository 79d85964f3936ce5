import Fastify from "fastify";
import { search } from "./search.js";
const app = Fastify();
app.get("/users", async (request) => search(request.query.name));
await app.listen({ port: 3000 });
