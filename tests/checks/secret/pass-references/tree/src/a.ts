const key = process.env.API_KEY ?? "";
const url = `postgres://app:${password}@db.prod-cloud.net/app`;
