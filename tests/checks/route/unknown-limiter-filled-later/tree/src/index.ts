import express from 'express';
const app = express();
import { build } from './limits';
let limiters = {};
(async () => { limiters = await build(); })();
app.use('/auth', limiters.auth || ((q, r, next) => next()));
app.post('/auth/login', (q, r) => login(q, r));
