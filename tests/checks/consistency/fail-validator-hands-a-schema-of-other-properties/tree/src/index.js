const express = require('express');
const { z } = require('zod');
const { validate } = require('./validate');
const app = express();
const person = z.object({ name: z.string() }).strict();
app.post('/people', validate(person), (request, response) => response.json(save(request.body)));
function save(person) {
  return fetch('http://x', { body: person });
}
app.listen(3000);
