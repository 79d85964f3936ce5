import { Queue } from 'bullmq';
export const mails = new Queue('mails');
mails.add('x', {});
