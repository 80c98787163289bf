import { defineConfig } from 'vitest/config';

// A rung of its own: it runs the whole job once for each statement of the template.
export default defineConfig({
  test: {
    include: ['test/permissions/*.permissions.ts'],
    globalSetup: ['test/synthesise.ts'],
    sequence: { concurrent: true },
    maxConcurrency: 2,
    testTimeout: 300_000,
  },
});
