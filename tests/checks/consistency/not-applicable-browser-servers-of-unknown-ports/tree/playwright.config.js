export default { webServer: { command: 'PORT=1 npm run dev', url: process.env.URL ?? 'http://localhost:1' } };
