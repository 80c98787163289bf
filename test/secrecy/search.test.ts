// The search finds a secret however it is written and wherever it stands, and nothing else.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Secret } from './encodings.ts';
import { type Leak, searchFiles } from './search.ts';

const random = (bytes: number) => randomBytes(bytes).toString('base64url');
const SECRETS: readonly Secret[] = [
  { kind: 'access token', value: `ya29.${random(1_500)}` },
  { kind: 'refresh token', value: `1//0${random(140)}` },
  { kind: 'authorisation code', value: `4/0A${random(40)}` },
  { kind: 'client secret', value: `GOCSPX-${random(21)}` },
  { kind: 'of another make', value: `shpat_${random(24)}` },
];

const folder = mkdtempSync(join(tmpdir(), 'mailroom-search-'));
afterAll(() => rmSync(folder, { recursive: true }));

function search(content: string | Uint8Array, pieceBytes?: number): readonly Leak[] {
  const file = join(folder, 'sqs.captured.1');
  writeFileSync(file, content);
  return searchFiles([file], SECRETS, pieceBytes);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

describe.each(SECRETS)('$kind', ({ kind, value }) => {
  it('is found in clear, with its place', () => {
    expect(search(`{"token":"${value}"}`)).toMatchObject([{ kind, encoding: 'clear', position: 10 }]);
  });

  it('is found where only its beginning is', () => {
    expect(search(`token=${value.slice(0, 16)}…`)).toMatchObject([{ kind }]);
  });

  it('is found in URL encoding, by large and by small letters', () => {
    const encoded = encodeURIComponent(value);
    const small = encoded.replace(/%../g, (code) => code.toLowerCase());
    for (const written of [encoded, small]) expect(search(`a=1&code=${written}&b=2`)).toMatchObject([{ kind }]);
  });

  it.each([0, 1, 2, 3, 4, 5])('is found in base64 behind %i other bytes, in each alphabet', (before) => {
    const text = `${'~'.repeat(before)}${value} and more`;
    for (const written of [base64(text), base64url(text), encodeURIComponent(base64(text))]) {
      expect(search(`"AUTH ${written}"`)).toMatchObject([{ kind, encoding: 'base64' }]);
    }
  });

  it('is found in the answer to XOAUTH2, whoever signs in', () => {
    for (const user of ['a@b.example', 'bc@b.example', 'def@b.example']) {
      expect(search(base64(`user=${user}\x01auth=Bearer ${value}\x01\x01`))).toMatchObject([{ kind }]);
    }
  });

  it('is found in base64 whose lines are broken, also within JSON', () => {
    const lines = base64(`${'.'.repeat(48)}${value}`).replace(/.{76}/g, '$&\r\n');
    for (const written of [lines, JSON.stringify({ body: lines })]) expect(search(written)).toMatchObject([{ kind }]);
  });

  it('is found across every border between two pieces', () => {
    for (let before = 0; before < 200; before += 1) {
      expect(search(`${'~'.repeat(before)}${value}`, 200)).toMatchObject([{ kind, position: before }]);
    }
  });
});

describe('the search', () => {
  it('raises no alarm for bytes that are none of the secrets', () => {
    const noise = randomBytes(3_000_000);
    const others = Array.from(
      { length: 2_000 },
      () => `ya29.${random(30)} 1//0${random(20)} 4/0A${random(9)} GOCSPX-x`,
    );
    for (const text of others.slice(0, 3)) expect(search(base64(text))).toEqual([]);
    const texts = [noise, noise.toString('base64'), noise.toString('hex'), others.join('\n'), base64(others.join('~'))];
    for (const content of texts) expect(search(content)).toEqual([]);
  });

  it('finds each of many, and says no more than ten times in one file that they are there', () => {
    const [{ value = '' } = {}] = SECRETS;
    expect(search([value, base64(value), value].join('\n'))).toHaveLength(3);
    expect(search(Array(50).fill(value).join('\n'))).toHaveLength(10);
  });

  it('tells nothing of a secret itself', () => {
    const all = SECRETS.map(({ value }) => value).join('\n');
    const told = JSON.stringify(search(all));
    for (const { value } of SECRETS) expect(told).not.toContain(value.slice(-6));
    expect(JSON.parse(told)).toHaveLength(SECRETS.length);
  });

  it('looks for nothing that is too short to be told from chance', () => {
    const file = join(folder, 'short.captured.1');
    writeFileSync(file, 'hush, hush');
    expect(searchFiles([file], [{ kind: 'made up', value: 'hush' }])).toEqual([]);
  });
});
