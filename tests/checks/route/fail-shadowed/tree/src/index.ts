import express from 'express';
const app = express();
app.post('/webhooks/stripe', (q, r) => r.send('ok'));
app.post('/webhooks/stripe', async (q, r) => { await dedupe(q); r.send('ok'); });
