// docs/troubleshooting.md has every code once, with what Mailroom does about it, a cause and a cure.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEM_EXITS } from '../../cli/problem.ts';
import { dispositionOf, ERROR_CODES, isErrorCode } from '../../lib/core/errors.ts';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/troubleshooting.md', ROOT), 'utf8');
const WORDS = { refuse: 'refuse', retry: 'retry', 'wait-for-mailbox': 'wait', operator: 'operator' } as const;

const rows = [...page.matchAll(/^\| (`[A-Z0-9_`, ]+`) \| (\S+) \| (.+) \| (.+) \|$/gm)].flatMap(
  ([, codes = '', word = '', cause = '', cure = '']) =>
    [...codes.matchAll(/`([A-Z0-9_]+)`/g)].map(([, code = '']) => ({ code, word, cause, cure })),
);

describe('docs/troubleshooting.md', () => {
  it('has every code of Mailroom once, and no other', () => {
    expect(rows.map(({ code }) => code).toSorted()).toEqual([...ERROR_CODES, ...Object.keys(PROBLEM_EXITS)].toSorted());
  });

  it.each(rows)('$code: says what is done about it, why it comes and what helps', ({ code, word, cause, cure }) => {
    expect(isErrorCode(code) ? WORDS[dispositionOf(code)] : String(PROBLEM_EXITS[code])).toBe(word);
    expect(cause.length).toBeGreaterThan(10);
    expect(cure.length).toBeGreaterThan(10);
  });
});
