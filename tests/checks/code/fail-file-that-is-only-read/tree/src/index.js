const path = require("path");
const fs = require("fs");
fs.readFileSync(path.join(__dirname, "job.js"));
