import { Ratelimit } from '@upstash/ratelimit';

export const window = Ratelimit.slidingWindow(10, '1 s');
export const limits = { check: async (id: string) => ({ success: true, id }) };
