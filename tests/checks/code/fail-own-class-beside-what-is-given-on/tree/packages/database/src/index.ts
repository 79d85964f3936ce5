export * from "./client.js";
export * from "./own.js";
