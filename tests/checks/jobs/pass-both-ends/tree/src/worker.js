import { Worker } from 'bullmq';
export const work = () => new Worker('mails', async (job) => { await send(job.data); });
