import { fork } from "node:child_process";
const JOB = "./src/job.js";
fork(JOB);
