const config = { ...(process.env.MOBILE ? { output: 'export' } : {}) };
export default config;
