import { orders } from './orders.js';
export function registerRoutes(app) {
  app.use('/orders', orders);
}
