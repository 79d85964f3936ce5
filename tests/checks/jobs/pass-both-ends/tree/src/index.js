import { mails } from './queues.js';
import { work } from './worker.js';
work();
await mails.add('welcome', {});
