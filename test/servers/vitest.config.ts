import { defineConfig } from 'vitest/config';

// A rung of its own: Dovecot and Postfix need root and packages of Debian.
export default defineConfig({
  test: {
    include: ['test/servers/*.servers.ts'],
    globalSetup: ['test/synthesise.ts'],
    // Each file starts servers of its own, and waits for them half of the time.
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
