import express from 'express';
import { list } from './orders';

const app = express();
app.get('/orders', list);
app.listen(3000);
