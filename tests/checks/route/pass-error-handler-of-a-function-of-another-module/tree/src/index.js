import { app } from './app.js';
import { handleErrors } from './failures.js';
import { orders } from './orders.js';
app.use('/orders', orders);
handleErrors();
app.listen(3000);
