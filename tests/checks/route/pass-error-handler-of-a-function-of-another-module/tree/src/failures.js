import { app } from './app.js';
const failed = (error, request, response, next) => response.status(500).json({ error: 'internal' });
export function handleErrors() {
  app.use(failed);
}
