import { createServer } from 'node:http';
import { required } from './required.js';
import names from './names.json' with { type: 'json' };
names.forEach(required);
createServer((request, response) => response.end(required('DATABASE_URL'))).listen(3000);
