import { defineConfig } from 'vitest/config';

// A rung of its own: needs Chromium, which npm does not install here.
export default defineConfig({
  test: {
    include: ['test/browser/*.browser.ts'],
    globalSetup: ['test/synthesise.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
