import express from 'express';
import { version } from '@shop/lib';
const app = express();
app.get('/', (request, response) => response.json(version));
app.listen(3000);
