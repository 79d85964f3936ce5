import Fastify from "fastify";
const app = Fastify();
app.register(import("@fastify/helmet"));
app.listen({ port: 3000 });
