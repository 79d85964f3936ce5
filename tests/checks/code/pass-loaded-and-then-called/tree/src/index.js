import("@sentry/node").then(({ init }) => init({}));
