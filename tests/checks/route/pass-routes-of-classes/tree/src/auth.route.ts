import { Router } from "express";
import { rateLimit } from "express-rate-limit";
import { AuthController } from "./auth.controller";
export class AuthRoute {
  public path = "/users";
  public router = Router();
  public controller = new AuthController();
  constructor() { this.initializeRoutes(); }
  private initializeRoutes() {
    this.router.post(`${this.path}/login`, rateLimit({ max: 5 }), this.controller.logIn);
    this.router.get(this.path, this.controller.all);
  }
}
