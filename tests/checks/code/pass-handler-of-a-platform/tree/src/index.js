import * as Sentry from "@sentry/node";
export const handler = async () => {
  Sentry.init({});
};
