import { defineConfig } from 'vitest/config';

// A rung of its own: needs two accounts at Gmail, which only their owner can give.
export default defineConfig({
  test: { include: ['test/live/*.live.ts'], globalSetup: ['test/synthesise.ts'] },
});
