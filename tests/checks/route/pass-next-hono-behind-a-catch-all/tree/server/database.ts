export const database = { ping: async () => fetch(process.env.DATABASE_URL) };
