const { withSentryConfig } = require("@sentry/nextjs");
module.exports = withSentryConfig({});
