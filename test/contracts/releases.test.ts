// Which release counts as the last one.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastRelease } from '../../contracts/releases.ts';

describe('the last release', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailroom-releases-'));
    for (const name of ['0.1.0', '0.9.0', '0.10.0', '1.0.0', '.unfinished-x', 'notes']) mkdirSync(join(folder, name));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['0.1.0', '0.1.0'],
    ['0.9.5', '0.9.0'],
    ['0.10.0', '0.10.0'],
    ['0.99.0', '0.10.0'],
    ['2.0.0', '1.0.0'],
  ])('up to %s is %s', (version, expected) => {
    expect(basename(lastRelease(version, folder))).toBe(expected);
  });

  it('must be there', () => {
    expect(() => lastRelease('0.0.1', folder)).toThrow('npm run release makes one');
  });
});
