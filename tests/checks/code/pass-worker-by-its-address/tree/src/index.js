import { Worker } from "node:worker_threads";
new Worker(new URL("./job.js", import.meta.url));
