import { Hono } from "hono";
import { orders } from "../../../packages/api/index.js";

export default new Hono().route("/api", orders);
