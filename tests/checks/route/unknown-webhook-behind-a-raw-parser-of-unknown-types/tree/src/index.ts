import express from 'express';
const app = express();
app.use('/api/webhooks', express.raw({ type: process.env.HOOK_TYPE }));
app.use(express.json());
app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
