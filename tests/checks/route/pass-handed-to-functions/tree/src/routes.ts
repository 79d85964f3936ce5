import type { Express } from 'express';
import { health } from './health';
export const routes = (app: Express) => { health(app, '/health'); };
