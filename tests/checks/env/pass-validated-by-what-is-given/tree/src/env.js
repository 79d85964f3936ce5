import { rules } from './rules.js';
export const env = rules.parse({ ORDERS_KEY: process.env.ORDERS_KEY, ORDERS_URL: process.env.ORDERS_URL });
