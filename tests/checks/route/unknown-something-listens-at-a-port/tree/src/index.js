import { create } from "tiny-serving";

const server = create();
server.answer("/health", () => "ok");
server.listen(process.env.PORT || 3000);
