import { defineConfig, devices } from '@playwright/test';

export default defineConfig({ testDir: './e2e', projects: [{ use: devices['Desktop Chrome'] }] });
