import { Router } from "express";
const users = Router();
export const count = () => find().length;
users.get("/users", (request, response) => response.json(find()));
export default users;
