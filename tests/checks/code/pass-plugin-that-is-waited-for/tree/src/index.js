import Fastify from "fastify";
const app = Fastify();
await app.register(await import("@fastify/helmet"));
app.listen({ port: 3000 });
