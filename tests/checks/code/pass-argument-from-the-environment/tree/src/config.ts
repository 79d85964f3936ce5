export const config = { web: { origin: process.env.WEB_ORIGIN } };
