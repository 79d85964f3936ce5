import express from 'express';
const app = express();
app.use((error, request, response, next) => { report(error); response.status(500).end(); });
app.get('/', (request, response) => response.json(list()));
app.listen(1);
