import { defineConfig } from 'vitest/config';

// A rung of its own: needs the AWS CLI, which npm cannot install.
export default defineConfig({
  test: {
    include: ['test/clients/*.clients.ts'],
    globalSetup: ['test/synthesise.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
