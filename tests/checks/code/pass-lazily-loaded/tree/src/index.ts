import express from 'express';
const app = express();
app.get('/pay', async (q, r) => {
  const { pay } = await import('./pay.js');
  r.json(await pay());
});
