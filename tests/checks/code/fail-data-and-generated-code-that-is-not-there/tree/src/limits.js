import rateLimit from 'express-rate-limit';
export default rateLimit({ max: 5 });
