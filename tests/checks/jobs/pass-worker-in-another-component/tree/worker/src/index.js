import { Worker } from 'bullmq';
new Worker('mails', async (job) => send(job));
