import express from 'express';
const app = express();
app.use('/api/webhooks', express.json({ verify: (q, r, bytes) => { q.rawBody = bytes; } }));
app.use(express.json());
app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
