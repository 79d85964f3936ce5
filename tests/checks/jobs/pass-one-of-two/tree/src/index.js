import { Queue, Worker } from 'bullmq';
const mails = new Queue('mails');
const idle = new Queue('idle');
await mails.add('x', {});
new Worker('mails', async (job) => send(job));
console.log(idle.name);
