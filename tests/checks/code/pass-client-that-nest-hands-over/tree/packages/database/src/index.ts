export * from "../generated/prisma/client.js";
