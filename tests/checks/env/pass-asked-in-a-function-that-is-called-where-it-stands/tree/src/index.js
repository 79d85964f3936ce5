import { createServer } from 'node:http';

(async () => {
  if (!process.env.JWT_SECRET || process.env.JWT_SECRET === 'change-me') {
    console.error('JWT_SECRET must be set');
    process.exit(1);
  }
  createServer((request, response) => response.end(process.env.JWT_SECRET)).listen(3000);
})();
