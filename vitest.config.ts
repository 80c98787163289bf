import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/synthesise.ts', 'test/secrecy/whole-run.ts'],
    // Two cores, and every file may start servers and Lambda processes of its own.
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
