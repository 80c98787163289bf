// docs/cli.md names every command, and no other.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { EXIT } from '../../cli/exit-code.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

describe('docs/cli.md', () => {
  it('has every command, and no other', () => {
    const rows = [...page.matchAll(/^\| (`[a-z].+?) \|/gm)].map(([, cell = '']) => cell);
    const named = rows.flatMap((cell) => [...cell.matchAll(/`([a-z]+)/g)].map(([, name = '']) => name));
    expect(named.toSorted()).toEqual([...COMMANDS.map(({ name }) => name), 'completion'].toSorted());
  });

  it('has every exit code', () => {
    const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });
});
