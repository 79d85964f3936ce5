export type Level = "info";
export type Port = number;
