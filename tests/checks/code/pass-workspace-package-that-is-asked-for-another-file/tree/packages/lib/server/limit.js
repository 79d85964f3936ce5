import rateLimit from 'express-rate-limit';
export const limit = rateLimit({ limit: 5 });
