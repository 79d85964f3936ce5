import * as Sentry from "@sentry/node";
export const event = 1;
Sentry.init();
