import * as Sentry from "@sentry/node";
function start() {
  throw new Error("never");
  Sentry.init({});
}
start();
