import express from 'express';
const app = express();
import cors from 'cors';
import { config } from './config';
app.use(cors({ origin: config.web.origin }));
