import { mails } from './queues.js';
import { work } from './worker.js';
work();
console.log(mails.name);
