import express from 'express';
import bodyParser from 'body-parser';
const app = express();
app.use('/api/webhooks', bodyParser.text({ type: ['text/plain', 'application/*'] }));
app.use(express.json());
app.post('/api/webhooks/stripe', (q, r) => verify(q, r));
