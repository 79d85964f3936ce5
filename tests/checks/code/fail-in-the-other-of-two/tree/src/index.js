import * as Sentry from "@sentry/node";
const isProduction = process.env.NODE_ENV === "production";
isProduction ? null : Sentry.init({});
