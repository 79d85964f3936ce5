import * as Sentry from "@sentry/node";
block: {
  if (process.env.QUIET) break block;
  console.log("starts");
}
Sentry.init({});
