const express = require('express');
const cors = require('cors');
const app = express();
const open = cors({ origin: '*' });
const own = cors({ origin: ['https://example.com'] });
app.use('/orders', own);
app.use(process.env.NODE_ENV === 'development' ? open : own);
app.get('/orders', (request, response) => response.json({ page: request.query.page }));
app.listen(3000);
