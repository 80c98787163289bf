import { defineConfig } from 'vitest/config';

// Without the synthesis that the whole suite starts with: these tests read source files only.
export default defineConfig({ test: { include: ['test/architecture/*.test.ts'] } });
