import * as Sentry from "@sentry/node";
process.exit(0);
Sentry.init({});
