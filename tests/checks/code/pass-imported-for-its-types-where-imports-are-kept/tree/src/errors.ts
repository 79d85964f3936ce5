import * as Sentry from '@sentry/node';
export interface Event { name: string }
Sentry.init({ dsn: process.env.DSN });
