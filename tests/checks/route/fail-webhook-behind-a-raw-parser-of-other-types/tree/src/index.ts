import express from 'express';
const app = express();
app.use('/api/webhooks', express.raw({ limit: '1mb' }));
app.use('/api/webhooks', express.raw({ type: 'text/plain' }));
app.use(express.json());
app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
