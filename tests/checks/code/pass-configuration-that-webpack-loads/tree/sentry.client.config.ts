import * as Sentry from "@sentry/nextjs";
Sentry.init({});
