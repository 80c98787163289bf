import { defineConfig } from 'vitest/config';

// A rung of its own: whole mails, read by Mailroom and beside it by each library alone.
export default defineConfig({
  test: {
    include: ['test/corpus/*.corpus.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
