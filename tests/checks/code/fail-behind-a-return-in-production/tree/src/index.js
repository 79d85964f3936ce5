import * as Sentry from "@sentry/node";
function start() {
  if (process.env.NODE_ENV === "production") return;
  Sentry.init({});
}
start();
