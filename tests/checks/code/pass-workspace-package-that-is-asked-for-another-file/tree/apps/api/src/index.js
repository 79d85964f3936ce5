import express from 'express';
import { limit } from '@shop/lib/server/limit.js';
const app = express();
app.use(limit);
app.listen(3000);
