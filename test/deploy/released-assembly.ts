// The last release as the CDK deploys it: its template, in an assembly of today. Code is no state, and the release's cannot
// be made again from its template: the functions get today's bundles with a line of their own, so that the upgrade replaces
// the code of every function, as a real one does.
import { createHash } from 'node:crypto';
import { appendFile, cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastRelease, TEMPLATE_FILE } from '../../contracts/releases.ts';
import { ASSEMBLY } from '../synthesise.ts';

const TEMPLATE = 'Mailroom.template.json';
const ASSETS = 'Mailroom.assets.json';
const MANIFEST = 'manifest.json';

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly Code?: unknown };
}

/** @returns the folder of the assembly, under the one that is given */
export async function stageRelease(folder: string): Promise<string> {
  const assembly = join(folder, 'released');
  await cp(ASSEMBLY, assembly, { recursive: true });
  const today = await readFile(join(ASSEMBLY, TEMPLATE), 'utf8');
  await writeFile(
    join(assembly, TEMPLATE),
    withCodeOf(today, await readFile(join(lastRelease(), TEMPLATE_FILE), 'utf8')),
  );
  for (const name of await readdir(assembly)) {
    const [, hash] = /^asset\.([0-9a-f]{64})$/.exec(name) ?? [];
    if (hash !== undefined) await markAsset(assembly, hash);
  }
  // The CDK uploads a template under its hash, and not again where that is there already.
  const released = await readFile(join(assembly, TEMPLATE), 'utf8');
  for (const file of [ASSETS, MANIFEST]) await replaceIn(join(assembly, file), sha256(today), sha256(released));
  return assembly;
}

async function markAsset(assembly: string, hash: string): Promise<void> {
  const marked = sha256(`released ${hash}`);
  const folder = join(assembly, `asset.${marked}`);
  await rename(join(assembly, `asset.${hash}`), folder);
  await appendFile(join(folder, 'index.js'), '\n// as it was released\n');
  for (const file of [TEMPLATE, ASSETS, MANIFEST]) await replaceIn(join(assembly, file), hash, marked);
}

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(from, to));
}

/** A function that is gone today gets the code of another one: it is not invoked. */
function withCodeOf(today: string, released: string): string {
  const [now, then] = [resourcesIn(JSON.parse(today)), JSON.parse(released)];
  const [any] = Object.values(now).filter(isFunction);
  for (const [id, resource] of Object.entries(resourcesIn(then))) {
    if (isFunction(resource)) Object.assign(Object(resource.Properties), { Code: (now[id] ?? any)?.Properties?.Code });
  }
  return JSON.stringify(then, undefined, 1);
}

function isFunction({ Type }: Resource): boolean {
  return Type === 'AWS::Lambda::Function';
}

function resourcesIn(template: unknown): Readonly<Record<string, Resource>> {
  return Object(template).Resources;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
