import { Queue } from 'bullmq';
const mails = new Queue('mails');
await mails.add('x', {});
