import { defineConfig } from '@playwright/test';
const port = 5173;
export default defineConfig({
  webServer: [
    { command: 'npm run dev', url: `http://localhost:${port}`, reuseExistingServer: !process.env.CI },
    { command: 'node server.js', port: 9000 },
  ],
});
