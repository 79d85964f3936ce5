import { Queue, Worker } from 'bullmq';
import { names } from 'config';
const mails = new Queue('mails');
await mails.add('x', {});
for (const name of names) new Worker(name, async (job) => send(job));
