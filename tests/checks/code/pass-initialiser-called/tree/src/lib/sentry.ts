import * as Sentry from '@sentry/node';
export function initSentry() {
  Sentry.init({ dsn: 'x' });
}
