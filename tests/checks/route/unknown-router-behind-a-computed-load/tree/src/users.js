import { Router } from "express";
const users = Router();
users.get("/users", (request, response) => response.json(find()));
export default users;
