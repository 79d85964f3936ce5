import { Queue, Worker } from "bullmq";
const mails = new Queue("mails");
await mails.add("one", {}, { repeat: { pattern: "0 3 * * *" } });
new Worker("mails", async (job) => fetch(job.data.to));
