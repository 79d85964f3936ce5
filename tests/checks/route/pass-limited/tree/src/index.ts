import express from 'express';
const app = express();
import auth from './auth';
app.use('/auth', auth);
