import { open } from "./open.js";

open((server) => {
  server.answer("/health", () => "ok");
  server.listen(process.env.PORT || 3000);
});
