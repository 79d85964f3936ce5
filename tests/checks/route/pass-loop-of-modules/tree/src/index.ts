import express from 'express';
const app = express();
import { router } from './health';
const modules = [{ path: '/', router }];
for (const { path, router } of modules) {
  app.use(path, router);
}
