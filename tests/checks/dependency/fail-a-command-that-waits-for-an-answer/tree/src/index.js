import { createServer } from "node:http";
import open from "open";

const server = createServer((request, response) => {
  response.end("signed in");
  server.close();
});
server.listen(8787, () => open("https://shop.example.com/sign-in?port=8787"));
