import Redis from 'ioredis';

const username = process.env.REDIS_USERNAME;
const options = { host: process.env.REDIS_HOST, username, password: process.env.REDIS_PASSWORD };
export const redis = new Redis(options);
