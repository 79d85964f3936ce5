const requiredEnvVars = ["DATABASE_URL", "ENCRYPTION_KEY"];
export function check() {
  const missing = requiredEnvVars.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Error("missing");
  }
}
