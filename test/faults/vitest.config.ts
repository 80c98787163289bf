import { defineConfig } from 'vitest/config';

// A rung of its own: hundreds of sends, each with one thing that goes wrong.
export default defineConfig({
  test: {
    include: ['test/faults/*.faults.ts'],
    globalSetup: ['test/synthesise.ts', 'test/faults/report.ts'],
    // Most of the time one waits for a server that is silent.
    maxWorkers: 4,
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
