const express = require('express');
const cors = require('cors');
function listed(key, otherwise) {
  const value = process.env[key];
  if (value === undefined) return otherwise;
  return value.split(',').map((one) => one.trim());
}
const app = express();
app.use(cors({ origin: listed('ORIGINS', ['http://localhost:3000']) }));
app.listen(3000);
