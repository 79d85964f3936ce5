import express from "express";
const app = express();
app.get("/api/orders", (request, response) => { response.json(request.query); });
app.post("/api/orders", (request, response) => { response.json(request.body); });
app.get("/api/users/:id", (request, response) => { response.json(request.params); });
app.listen(3000);
