import Fastify from "fastify";
import jwt from "@fastify/jwt";
import { signIn } from "./accounts.js";
import { guard } from "./guard.js";
const app = Fastify();
app.register(jwt, { secret: process.env.KEY });
app.post("/login", async (request) => signIn(request.body));
app.listen({ port: 3000 });
