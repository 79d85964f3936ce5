import express from 'express';
export const app = express();
app.get('/version', async (request, response) => response.json(await fetch('http://version')));
