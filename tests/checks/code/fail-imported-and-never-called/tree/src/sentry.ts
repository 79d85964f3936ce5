import * as Sentry from '@sentry/node';
export const tag = 'x';
export function initSentry() {
  Sentry.init({ dsn: 'x' });
}
