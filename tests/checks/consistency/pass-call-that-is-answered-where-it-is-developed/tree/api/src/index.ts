import express from "express";
const app = express();
const orders = express.Router();
if (process.env.NODE_ENV !== "production") {
  orders.post("/confirm-at-once", (request, response) => { response.json(request.body); });
}
orders.get("/:id", (request, response) => { response.json(request.params); });
app.post("/api/auth/login", (request, response) => { response.json(request.body); });
app.use("/api/orders", orders);
app.listen(3000);
