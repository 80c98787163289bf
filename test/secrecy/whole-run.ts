// Once around all tests: what their stacks write anywhere but into Secrets Manager is captured, and searched at the end
// for every secret that was issued meanwhile. One that is found turns the run red.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { type Secret, SHORTEST } from './encodings.ts';
import { type Leak, searchFiles } from './search.ts';

const SecretSchema = v.object({ kind: v.string(), value: v.string() });

export function setup(): void {
  process.env.MAILROOM_CAPTURE = mkdtempSync(join(tmpdir(), 'mailroom-capture-'));
}

/** @throws Error naming what was found where, without it; the folder is kept then, to look what stands beside it */
export function teardown(): void {
  const folder = process.env.MAILROOM_CAPTURE ?? '';
  const { report, leaks } = judge(folder);
  console.log(report);
  if (leaks.length > 0) {
    const lines = leaks.map(describe).join('\n');
    throw new Error(`secrets were written where none may be:\n${lines}\nMend what wrote them, and delete ${folder}.`);
  }
  rmSync(folder, { recursive: true });
}

/** @param folder what `local/aws/capture.ts` has written to */
export function judge(folder: string): { readonly report: string; readonly leaks: readonly Leak[] } {
  const names = readdirSync(folder);
  const captured = names.filter((name) => name.includes('.captured.'));
  const secrets = readSecrets(names.filter((name) => name.startsWith('secrets.')).map((name) => join(folder, name)));
  const files = captured.map((name) => join(folder, name));
  const leaks = searchFiles(files, secrets);
  const found = leaks.length === 0 ? 'none found' : `found ${leaks.length}`;
  return { report: `secrecy: ${sizesOf(files)} searched for ${secrets.length} secrets, ${found}`, leaks };
}

function readSecrets(files: readonly string[]): readonly Secret[] {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
  const all = lines.map((line) => v.parse(SecretSchema, JSON.parse(line)));
  const long = all.filter(({ value }) => value.length >= SHORTEST);
  return [...new Map(long.map((secret) => [secret.value, secret])).values()];
}

function sizesOf(files: readonly string[]): string {
  const sizes = new Map<string, number>();
  for (const file of files) sizes.set(placeOf(file), (sizes.get(placeOf(file)) ?? 0) + statSync(file).size);
  const written = [...sizes].sort().map(([kind, bytes]) => `${kind} ${(bytes / 1e6).toFixed(1)} MB`);
  return written.length === 0 ? 'nothing was captured, and so' : written.join(', ');
}

function describe({ file, position, kind, encoding }: Leak): string {
  return `  ${kind}, in ${encoding}, in what was captured of ${placeOf(file)}: at byte ${position} of ${file}`;
}

function placeOf(file: string): string {
  return basename(file).split('.')[0] ?? '';
}
