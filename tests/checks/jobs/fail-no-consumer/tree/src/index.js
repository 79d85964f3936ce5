import { mails } from './queues.js';
import './worker.js';
await mails.add('welcome', {});
