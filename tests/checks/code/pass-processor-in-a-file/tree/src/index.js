const path = require("path");
const { Worker } = require("bullmq");
new Worker("mail", path.join(__dirname, "job.js"));
