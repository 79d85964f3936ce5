export const origins = process.env.ORIGINS ? process.env.ORIGINS.split(',') : '*';
