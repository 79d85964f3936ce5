import { App } from "./app";
import { Base } from "./base";
import { rateLimit } from "express-rate-limit";
class Auth extends Base {
  constructor() { super(); this.router.use(rateLimit({ max: 5 })); this.router.post("/login", (request, response) => response.json(find())); }
}
class Users extends Base {
  constructor() { super(); this.router.get("/users", (request, response) => response.json(find())); }
}
new App([new Auth(), new Users()]).listen();
