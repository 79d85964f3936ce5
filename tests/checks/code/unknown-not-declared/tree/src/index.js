import express from 'express';
import * as argon2 from 'argon2';
const app = express();
app.post('/register', async (request, response) => response.json(await argon2.hash(request.body.password)));
app.listen(process.env.PORT);
