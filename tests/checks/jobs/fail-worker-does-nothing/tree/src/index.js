import { Queue, Worker } from "bullmq";
const mails = new Queue("mails");
await mails.add("one", {});
new Worker("mails", async (job) => {});
