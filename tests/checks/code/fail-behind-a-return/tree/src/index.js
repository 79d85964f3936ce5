import * as Sentry from "@sentry/node";
function start() {
  return;
  Sentry.init({});
}
start();
