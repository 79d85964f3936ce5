import { Database } from "./types_db";
export const name = (row: Database) => row;
console.log(name);
