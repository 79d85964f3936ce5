import * as Sentry from "@sentry/node";
false && Sentry.init({});
