import { CronJob } from "cron";
new CronJob("0 3 * * *", () => fetch("http://x"), null, true);
