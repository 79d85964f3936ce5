import express from 'express';
const app = express();
import cors from 'cors';
app.use(cors({ origin: (origin, done) => done(null, allowed(origin)) }));
function allowed(origin) { return origin; }
