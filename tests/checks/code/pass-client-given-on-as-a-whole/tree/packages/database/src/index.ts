export * from "./names.js";
export * from "./client.js";
