import { sql } from "drizzle-orm";
import { db } from "./db.js";
export function search(name: string) {
  let text = "SELECT * FROM users";
  if (name) text += " WHERE name = '" + name + "'";
  return db.execute(sql.raw(text));
}
