import rateLimit from 'express-rate-limit';
export const limiter = rateLimit({ max: 5 });
