import express from 'express';
const app = express();
app.use(express.json({ type: 'application/csp-report' }));

app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
