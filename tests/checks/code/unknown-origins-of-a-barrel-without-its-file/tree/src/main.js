import cors from 'cors';
import express from 'express';
import { origins } from './origins.js';

const app = express();
app.use(cors({ origin: origins, credentials: true }));
app.get('/orders', (request, response) => response.json(find(request.query)));
app.listen(3000);
