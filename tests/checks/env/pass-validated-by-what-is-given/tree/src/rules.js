import { z } from 'zod';
export const rules = z.object({ ORDERS_KEY: z.string(), ORDERS_URL: z.string().optional() });
