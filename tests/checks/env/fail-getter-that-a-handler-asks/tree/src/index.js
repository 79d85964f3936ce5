import { createServer } from 'node:http';
import { required } from './required.js';
createServer((request, response) => response.end(required('DATABASE_URL'))).listen(3000);
