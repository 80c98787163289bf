// What each release promised: a folder for each version, written once and never changed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const RELEASES = fileURLToPath(new URL('../releases/', import.meta.url));

export const TEMPLATE_FILE = 'template.json';
export const EXAMPLES_FILE = 'examples.json';

export function currentVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return String(Object(JSON.parse(readFileSync(file, 'utf8'))).version);
}

/** The folder of the newest release that is not newer than a version. */
export function lastRelease(version = currentVersion(), releases = RELEASES): string {
  const names = existsSync(releases) ? readdirSync(releases) : [];
  const released = names.filter((name) => /^\d+\.\d+\.\d+$/.test(name) && compare(name, version) <= 0);
  const newest = released.sort(compare).at(-1);
  if (newest === undefined) throw new Error(`${releases} has no release up to ${version}: npm run release makes one`);
  return join(releases, newest);
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const differences = (a ?? []).map((part, index) => part - (b?.[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
