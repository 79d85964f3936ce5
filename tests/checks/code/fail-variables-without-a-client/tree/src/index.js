import express from 'express';
import { writeFile } from 'node:fs/promises';
const bucket = process.env.AWS_BUCKET;
const app = express();
app.post('/files', async (request, response) => response.json(await writeFile(`uploads/${bucket}`, request.body)));
app.listen(process.env.PORT);
