import express, { json } from "express";
const app = express();
const parse = json();
app.use((request, response, next) => request.url.startsWith("/hooks/") ? next() : parse(request, response, next));
app.post("/hooks/stripe", (request, response) => verify(request, response));
app.listen(3000);
