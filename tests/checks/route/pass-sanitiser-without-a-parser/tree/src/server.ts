import express from "express";
import sanitize from "express-mongo-sanitize";
const app = express();

app.get("/early", (request, response) => response.json(find()));
app.use(sanitize());
app.post("/users", (request, response) => response.json(find(request.body)));
app.listen(3000);
