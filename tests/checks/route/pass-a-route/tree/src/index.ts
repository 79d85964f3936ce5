import express from 'express';
const app = express();
app.get('/health', (q, r) => r.json({ ok: true }));
app.listen(3000);
