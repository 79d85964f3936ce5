export * from 'drizzle-orm';
export { eq } from 'drizzle-orm/expressions';
export const version = 1;
