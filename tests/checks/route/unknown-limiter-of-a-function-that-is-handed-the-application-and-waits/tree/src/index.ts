import express from 'express';
import rateLimit from 'express-rate-limit';
async function protect(app) {
  await connect();
  app.use(rateLimit({ max: 10 }));
}
const app = express();
protect(app);
app.get('/users', (q, r) => list(q, r));
