import { defineConfig } from 'vitest/config';

// A rung of its own: it takes minutes.
export default defineConfig({
  test: { include: ['test/bursts/*.bursts.ts'], globalSetup: ['test/synthesise.ts'], testTimeout: 900_000 },
});
