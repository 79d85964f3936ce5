import { createServer } from "node:http";

createServer((request, response) => response.end("preview")).listen(8080);
