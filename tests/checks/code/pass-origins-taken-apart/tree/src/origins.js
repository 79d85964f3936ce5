const config = { origins: (process.env.ORIGINS || 'http://localhost:5173').split(',') };
export const origins = config.origins.map((origin) => origin.trim()).filter(Boolean);
