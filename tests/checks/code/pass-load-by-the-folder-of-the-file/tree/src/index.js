const path = require("path");
const job = require(path.resolve(__dirname, "job.js"));
job();
