import { fastify } from "fastify";
import { login } from "./login.js";
const app = fastify().withTypeProvider();
app.register(login);
app.listen({ port: 3000 });
