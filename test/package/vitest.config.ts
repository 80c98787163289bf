import { defineConfig } from 'vitest/config';

// A rung of its own: it builds the package and installs it from the registry of npm.
export default defineConfig({
  test: {
    include: ['test/package/*.package.ts'],
    globalSetup: ['test/synthesise.ts', 'test/package/pack.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
