const express = require('express');
const Sentry = require('@sentry/node');
const app = express();
app.use(Sentry.Handlers.errorHandler);
app.use(Sentry.setupExpressErrorHandler);
app.listen(3000);
