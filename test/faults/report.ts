// Collects what the shares found, and prints it when they are done.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { allCases } from './cases.ts';
import { printResults, type Result } from './verdict.ts';

declare module 'vitest' {
  interface ProvidedContext {
    results: string;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'mailroom-faults-'));
const file = join(folder, 'results.jsonl');
const start = performance.now();

export function setup({ provide }: TestProject): void {
  writeFileSync(file, '');
  provide('results', file);
}

export function teardown(): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const results = lines.filter((line) => line !== '').map((line): Result => JSON.parse(line));
  printResults(results, allCases().length, performance.now() - start);
  rmSync(folder, { recursive: true });
}
