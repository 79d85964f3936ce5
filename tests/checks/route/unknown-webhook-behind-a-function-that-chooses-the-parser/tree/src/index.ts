import express from 'express';
const app = express();
app.use((q, r, next) => (isHook(q) ? express.raw({ type: '*/*' })(q, r, next) : express.json()(q, r, next)));

app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
