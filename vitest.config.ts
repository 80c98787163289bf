import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/synthesise.ts', 'test/secrecy/whole-run.ts'],
    // Two cores, and every file may start servers and Lambda processes of its own.
    maxWorkers: 2,
    pool: 'forks',
    // Against what hangs: on a busy machine a test may take some times what it takes on a quiet one.
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
