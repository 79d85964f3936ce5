import express from 'express';
const app = express();
app.use(express.json());
app.use('/api/webhooks', express.raw({ type: 'application/json' }));
app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
