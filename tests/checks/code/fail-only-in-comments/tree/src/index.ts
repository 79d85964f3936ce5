import express from 'express';
const app = express();
import rateLimit from 'express-rate-limit';
// app.use(rateLimit({ max: 5 }));
app.listen(3000);
