import express from 'express';
const app = express();
app.use('/api/webhooks/stripe', express.raw({ type: 'application/json' }));
app.use(express.json());
app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
