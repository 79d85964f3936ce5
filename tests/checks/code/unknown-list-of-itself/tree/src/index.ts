import express from 'express';
const app = express();
import cors from 'cors';
let origin = ['https://a.example'];
origin = [origin, origin];
app.use(cors({ origin }));
