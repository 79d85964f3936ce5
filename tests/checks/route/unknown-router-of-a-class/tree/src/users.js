import { Router } from "express";
export class Users {
  router = Router();
  constructor() { this.router.get("/users", (request, response) => response.json(find())); }
}
