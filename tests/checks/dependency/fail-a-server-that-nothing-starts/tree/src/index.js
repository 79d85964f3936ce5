import postgres from "postgres";

const sql = postgres(process.env.DATABASE_URL);
sql.listen("orders", (order) => console.log(order));
