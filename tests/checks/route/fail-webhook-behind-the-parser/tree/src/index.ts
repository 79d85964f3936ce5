import express from 'express';
const app = express();
import hooks from './hooks';
app.use(express.json());
app.use('/api/webhooks', hooks);
