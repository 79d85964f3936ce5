import express from 'express';
import { currency } from '@shop/shared';

const app = express();
app.get('/currency', (request, response) => response.json({ currency }));
app.listen(3000);
