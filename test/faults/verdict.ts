// What became of a case, and the table of all of them.
import { type Case, PHASES, TROUBLES } from './cases.ts';
import type { End } from './world.ts';

export type Verdict = 'once' | 'not sent, and said so' | 'twice, as documented' | 'wrong';

export type Result = Case & { readonly verdict: Verdict };

/** Twice only where the server had taken the mail, and its copy came later than the last look for it. */
export function verdictOf({ phase, copy }: Case, { state, settledBy, letters, mails }: End): Verdict {
  if (mails === 1 && state === 'sent') return 'once';
  if (mails === 0 && (state === 'failed' || (state === 'unknown' && letters === 1))) return 'not sent, and said so';
  const isDocumented = phase === 'after-dot' && copy !== 'at once' && settledBy === 'sent-again';
  return mails === 2 && isDocumented ? 'twice, as documented' : 'wrong';
}

const MARKS: Readonly<Record<Verdict, string>> = {
  once: '',
  'not sent, and said so': 'f',
  'twice, as documented': 'd',
  wrong: '!',
};

export function printResults(results: readonly Result[], of: number, elapsedMs: number): void {
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
  console.log(`${results.length} of ${of} cases: ${total.join(', ')}; ${(elapsedMs / 1_000).toFixed(0)} s`);
}
