import * as Sentry from "@sentry/node";
export function start() {
  Sentry.init({});
}
