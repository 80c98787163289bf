import { defineConfig } from 'vitest/config';

// A rung of its own: needs MiniStack, which npm cannot install.
export default defineConfig({
  test: {
    include: ['test/deploy/*.deploy.ts'],
    globalSetup: ['test/synthesise.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
