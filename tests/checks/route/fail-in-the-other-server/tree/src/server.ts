import express from 'express';
const app = express();
app.get('/health', (q, r) => r.send('ok'));
