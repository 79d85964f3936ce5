import express from 'express';
const app = express();
import hooks from './hooks';
app.use('/api/webhooks', hooks);
app.use(express.json());
