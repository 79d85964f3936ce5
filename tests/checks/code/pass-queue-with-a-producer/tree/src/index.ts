import { mails } from './queues';
async function send() {
  await mails.add('welcome', {});
}
send();
