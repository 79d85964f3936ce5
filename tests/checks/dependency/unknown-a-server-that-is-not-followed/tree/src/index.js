import Hapi from "@hapi/hapi";

const server = Hapi.server({ port: 3000 });
server.route({ method: "GET", path: "/health", handler: () => ({ ok: true }) });
await server.start();
