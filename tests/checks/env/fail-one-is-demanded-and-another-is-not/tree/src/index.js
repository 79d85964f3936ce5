import { createServer } from 'node:http';
import { send } from './mail.js';
if (!process.env.JWT_SECRET) {
  process.exit(1);
}
createServer((request, response) => response.end(send(process.env.MAIL_PASS, process.env.JWT_SECRET))).listen(3000);
