import rateLimit from 'express-rate-limit';
export async function build() {
  return { auth: rateLimit({ max: 5 }) };
}
