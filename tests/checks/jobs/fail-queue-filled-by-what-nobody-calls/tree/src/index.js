import { Queue, Worker } from "bullmq";
const mails = new Queue("mails");
new Worker("mails", async (job) => fetch(job.data.to));
export const enqueue = (mail) => mails.add("one", mail);
