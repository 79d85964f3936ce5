import express from "express";
import sanitize from "express-mongo-sanitize";
const app = express();
app.use(sanitize());
app.get("/early", (request, response) => response.json(find()));
app.use(express.json());
app.post("/users", (request, response) => response.json(find(request.body)));
app.listen(3000);
