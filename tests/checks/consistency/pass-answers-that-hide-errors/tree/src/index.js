const express = require('express');
const { kept, listed } = require('./orders');
const app = express();
app.get('/orders', async (req, res) => {
  try {
    res.json(await listed(req.query.page));
  } catch (error) {
    console.error(error.message);
    res.status(500).json({ error: 'the list could not be read', code: error.code });
  }
});
// Two are no habit.
app.post('/orders', async (req, res) => {
  try {
    res.json(await kept(req.body));
  } catch (error) {
    res.status(500).json({ error: error.message });
  }
});
app.put('/orders', async (req, res) => {
  try {
    res.json(await kept(req.body));
  } catch (error) {
    res.status(500).json({ error: error.message });
  }
});
// What was sent is told to who sent it.
app.delete('/orders', async (req, res) => {
  try {
    res.json(await kept(req.body));
  } catch (error) {
    res.status(400).json({ error: error.message });
  }
});
app.listen(3000);
