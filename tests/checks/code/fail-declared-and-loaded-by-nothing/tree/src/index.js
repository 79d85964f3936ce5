const express = require('express');
const app = express();
app.get('/', handle);
function handle(request, response) {
  response.json(pick(request).get('x-name'));
}
function pick(of) {
  return of.parts[0];
}
app.listen(3000);
