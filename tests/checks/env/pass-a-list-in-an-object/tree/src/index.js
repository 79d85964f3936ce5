import { createServer } from 'node:http';
const REQUIRED = { all: ['DATABASE_URL'], production: ['JWT_SECRET'] };
function validate() {
  const missing = [];
  REQUIRED.all.forEach((name) => {
    if (!process.env[name]) missing.push(name);
  });
  REQUIRED[process.env.NODE_ENV].forEach((name) => {
    if (!process.env[name]) missing.push(name);
  });
  if (missing.length > 0) throw new Error(missing.join(', '));
}
validate();
createServer((request, response) => response.end(process.env.DATABASE_URL + process.env.JWT_SECRET)).listen(3000);
