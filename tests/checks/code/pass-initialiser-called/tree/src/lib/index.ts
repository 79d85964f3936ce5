export * from './sentry';
