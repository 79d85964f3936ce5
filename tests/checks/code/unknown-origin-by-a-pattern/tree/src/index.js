import express from 'express';
import cors from 'cors';
const app = express();
app.use(cors({ origin: [/^https:\/\/shop-.*\.example\.app$/], credentials: true }));
app.listen(process.env.PORT);
