const express = require('express');
const { createSession } = require('sign-in');

const app = express();
app.use('/api', createSession());
app.use((error, request, response, next) => response.status(500).json({ message: 'failed' }));
app.listen(process.env.PORT);
