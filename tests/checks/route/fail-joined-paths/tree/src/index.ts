import express from 'express';
const app = express();
import { router } from './health';
app.use('/healthz', router);
