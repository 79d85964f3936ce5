import { test } from '@playwright/test';

test('signs in', async ({ page }) => {
  await page.goto('/login');
});
