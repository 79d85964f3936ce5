import express from 'express';
const app = express();
import { router } from './health';
mount(app, { at: '/x', router });
