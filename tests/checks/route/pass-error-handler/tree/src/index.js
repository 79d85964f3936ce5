import express from 'express';
const app = express();
function failed(error, request, response, next) { report(error); response.status(500).end(); }
app.get('/', (request, response) => response.json(list()));
app.use(failed);
app.listen(1);
