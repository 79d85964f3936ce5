export const env = { port: 3000 };
