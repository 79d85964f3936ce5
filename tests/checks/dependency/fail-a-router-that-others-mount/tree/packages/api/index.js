import { Hono } from "hono";

export const orders = new Hono();
orders.get("/orders", (c) => c.json([]));
