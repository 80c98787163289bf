// Makes dist/package: what is exported and the command line as JavaScript, with types for what is exported, and the functions
// as they are deployed. Nothing is listed by hand: what the entries of package.json reach is packed, and nothing else.
import { execFile } from 'node:child_process';
import { cp, glob, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunctions } from './bundle-functions.ts';
import { entriesOf, parsePackageJson, publishedJson } from './package-json.ts';
import { reach } from './reach.ts';
import { describeLicenses } from './third-party.ts';

export interface BuiltPackage {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMPILED = join(ROOT, 'dist', 'compiled');
const PACKAGE = join(ROOT, 'dist', 'package');
/** What alarms, command line and docs point to. Decisions are for who works on Mailroom. */
const DOCUMENTS = ['README.md', 'LICENSE', 'docs/*.md', 'docs/examples/*.ts', 'schemas/*.json'];

export async function buildPackage(): Promise<BuiltPackage> {
  for (const folder of [COMPILED, PACKAGE]) await rm(folder, { recursive: true, force: true });
  await compile();
  const json = parsePackageJson(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const { files, packages } = await reach(COMPILED, entriesOf(json));
  for (const file of files) await cp(join(COMPILED, file), join(PACKAGE, file));
  for await (const file of glob(DOCUMENTS, { cwd: ROOT })) await cp(join(ROOT, file), join(PACKAGE, file));
  await cp(join(ROOT, 'build', 'mailroom.cjs'), join(PACKAGE, json.bin.mailroom));
  const bundled = bundleFunctions(ROOT, PACKAGE);
  await writeFile(join(PACKAGE, 'THIRD-PARTY-LICENSES.txt'), await describeLicenses(ROOT, bundled));
  await writeFile(join(PACKAGE, 'package.json'), `${JSON.stringify(publishedJson(json, packages), null, 2)}\n`);
  return measure();
}

async function compile(): Promise<void> {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', join(ROOT, 'build')]);
  } catch (error) {
    throw new Error(`the package does not compile:\n${Object(error).stdout}`, { cause: error });
  }
}

async function measure(): Promise<BuiltPackage> {
  const sizes: number[] = [];
  for await (const entry of glob('**/*', { cwd: PACKAGE, withFileTypes: true })) {
    if (entry.isFile()) sizes.push((await stat(join(entry.parentPath, entry.name))).size);
  }
  return { folder: PACKAGE, files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
