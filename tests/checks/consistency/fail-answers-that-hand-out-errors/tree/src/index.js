const express = require('express');
const { kept, listed } = require('./orders');
const app = express();
app.get('/orders', async (req, res) => {
  try {
    res.json(await listed(req.query.page));
  } catch (error) {
    return res.status(500).json({
      error: 'the list could not be read',
      details: error instanceof Error ? error.message : 'unknown',
    });
  }
});
app.post('/orders', async (req, res) => {
  try {
    res.json(await kept(req.body));
  } catch (err) {
    res.status(500).send(`failed: ${err.message}`);
  }
});
app.delete('/orders/:id', (req, res) => {
  kept(req.params.id).then(() => res.end()).catch((reason) => res.status(503).json({ ok: false, error: { stack: reason.stack } }));
});
// What stands there for whoever develops it says so.
app.put('/orders/:id', async (req, res) => {
  try {
    res.json(await kept(req.body));
  } catch (error) {
    res.status(500).json({ error: process.env.NODE_ENV === 'development' ? error.message : 'failed', stack: error.stack });
  }
});
app.listen(3000);
