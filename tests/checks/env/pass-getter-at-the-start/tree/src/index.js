import { createServer } from 'node:http';
import { required } from './required.js';
const config = { database: required('DATABASE_URL'), secret: required('JWT_SECRET') };
createServer((request, response) => response.end(config.database)).listen(3000);
