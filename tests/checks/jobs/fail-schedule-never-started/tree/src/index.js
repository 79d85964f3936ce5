import cron from "node-cron";
const task = cron.schedule("0 3 * * *", () => fetch("http://x"), { scheduled: false });
