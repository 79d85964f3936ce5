import express from 'express';
const app = express();
import helmet from 'helmet';
app.use(helmet());
app.listen(3000);
