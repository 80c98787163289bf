// The licenses of what others wrote and the bundles of the functions contain: MIT, Apache 2.0 and their like ask that they go
// with every copy.
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const PackageJsonSchema = v.object({ name: v.string(), version: v.string(), license: v.string() });

/** @param files bundled ones, relative to `root` */
export async function describeLicenses(root: string, files: ReadonlySet<string>): Promise<string> {
  const folders = new Set([...files].flatMap((file) => packageFolderOf(file) ?? []));
  const users = new Map<string, string[]>();
  for (const folder of [...folders].toSorted()) {
    const { name, version, license } = v.parse(PackageJsonSchema, JSON.parse(await read(root, folder, 'package.json')));
    const text = await licenseText(root, folder);
    const described = `${name} ${version} (${license})`;
    users.set(text, [...(users.get(text) ?? []), described]);
  }
  const sections = [...users].map(([text, packages]) => `${packages.join('\n')}\n\n${text.trim()}\n`);
  return `The bundles in functions/ contain these packages; npm has their sources, by these names and versions.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

function packageFolderOf(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

async function licenseText(root: string, folder: string): Promise<string> {
  for await (const file of glob('{LICEN[SC]E,licen[sc]e}*', { cwd: join(root, folder) }))
    return read(root, folder, file);
  return 'It brings no text of its license.';
}

function read(root: string, folder: string, file: string): Promise<string> {
  return readFile(join(root, folder, file), 'utf8');
}
