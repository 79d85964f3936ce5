import * as Sentry from "@sentry/nextjs";
export function register() { Sentry.init({}); }
