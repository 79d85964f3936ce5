import { env } from './env.js';
serve(env.ORDERS_KEY);
