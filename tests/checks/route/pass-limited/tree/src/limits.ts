import rateLimit from 'express-rate-limit';
const make = (max: number) => rateLimit({ max });
export const strict = make(5);
