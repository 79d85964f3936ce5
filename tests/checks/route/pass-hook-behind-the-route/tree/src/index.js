import Fastify from "fastify";
import jwt from "@fastify/jwt";
import { signIn } from "./accounts.js";
import { guard } from "./guard.js";
const app = Fastify();
app.post("/login", async (request) => signIn(request.body));
app.addHook("preHandler", guard);
app.listen({ port: 3000 });
