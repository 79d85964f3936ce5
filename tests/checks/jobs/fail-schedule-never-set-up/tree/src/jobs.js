import cron from 'node-cron';
export function start() { cron.schedule('0 3 * * *', () => clean()); }
