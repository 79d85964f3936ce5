import * as Sentry from "@sentry/node";
Sentry.init({});
