// Collects what the shares found, and prints it when they are done.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { allCases, type Case, PHASES, TROUBLES } from './cases.ts';
import type { Verdict } from './shard.ts';

declare module 'vitest' {
  interface ProvidedContext {
    results: string;
  }
}

type Result = Case & { readonly verdict: Verdict };

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
  print(results, performance.now() - start);
  rmSync(folder, { recursive: true });
}

const MARKS: Readonly<Record<Verdict, string>> = {
  once: '',
  'not sent, and said so': 'f',
  'twice, as documented': 'd',
  wrong: '!',
};

function print(results: readonly Result[], elapsedMs: number): void {
  const cell = (found: readonly Result[]): string => {
    const counts = Object.entries(MARKS).map(([verdict, mark]) => {
      const count = found.filter((result) => result.verdict === verdict).length;
      return count === 0 ? '' : `${count}${mark}`;
    });
    return counts.filter((count) => count !== '').join(' ') || '-';
  };
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(11)}${cells.map((text) => text.padStart(11)).join('')}`;
  console.log(row('', TROUBLES));
  for (const phase of PHASES) {
    const ofPhase = results.filter((result) => result.phase === phase);
    console.log(
      row(
        phase,
        TROUBLES.map((trouble) => cell(ofPhase.filter((result) => result.trouble === trouble))),
      ),
    );
  }
  const total = Object.keys(MARKS).map(
    (verdict) => `${results.filter((result) => result.verdict === verdict).length} ${verdict}`,
  );
  console.log(
    'A number alone arrived once; f: not sent, and said so; d: twice, in the documented window of a late copy.',
  );
  console.log(
    `${results.length} of ${allCases().length} cases: ${total.join(', ')}; ${(elapsedMs / 1_000).toFixed(0)} s`,
  );
}
