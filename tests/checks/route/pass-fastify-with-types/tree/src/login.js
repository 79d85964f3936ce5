import { signIn } from "./accounts.js";
export async function login(app) {
  app.withTypeProvider().post("/login", async (request) => signIn(request.body));
}
