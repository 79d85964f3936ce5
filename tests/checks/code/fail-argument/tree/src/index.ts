import express from 'express';
const app = express();
import cors from 'cors';
const options = { origin: '*', credentials: true };
app.use(cors(options));
