export interface Config { port: number }
export type Level = "info" | "warn";
