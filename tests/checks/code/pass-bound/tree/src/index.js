import * as Sentry from "@sentry/node";
const start = Sentry.init.bind(Sentry);
start({});
