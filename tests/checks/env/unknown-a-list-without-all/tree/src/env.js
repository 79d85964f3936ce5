const required = ["APP_URL"];
export function check() { const missing = required.filter((k) => !process.env[k]); if (missing.length > 0) { throw new Error(missing.join()); } }
