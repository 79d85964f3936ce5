import express from 'express';
const app = express();
import { routes } from './routes';
routes(app);
