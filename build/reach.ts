// What compiled files import, and what those import: files of ours, and packages of others.
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Reached {
  /** Paths under the folder. */
  readonly files: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
}

/** @param entries paths under `folder`, of JavaScript or of declarations */
export async function reach(folder: string, entries: readonly string[]): Promise<Reached> {
  const files = new Set(entries);
  const packages = new Set<string>();
  // A set is walked in the order of insertion, what is added meanwhile included.
  for (const file of files) {
    const source = await readFile(join(folder, file), 'utf8');
    for (const wanted of importsOf(file, source)) {
      if (wanted.startsWith('.')) files.add(targetOf(file, wanted));
      else if (!wanted.startsWith('node:')) packages.add(packageOf(wanted));
    }
  }
  return { files, packages };
}

function importsOf(file: string, source: string): readonly string[] {
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} does not parse`);
  const imported = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value] : [])),
  );
  // Those at run time, and types that a declaration names where they are.
  const named = [...source.matchAll(/\bimport\(['"]([^'"]+)['"]\)/g)].map(([, wanted = '']) => wanted);
  return [...imported, ...exported, ...named];
}

function targetOf(file: string, wanted: string): string {
  const target = posix.join(posix.dirname(file), wanted);
  return file.endsWith('.d.ts') ? target.replace(/\.[jt]s$/, '.d.ts') : target;
}

/** `@aws-sdk/client-sqs` and `nodemailer/lib/mailer`: the scope is part of the name, the path is not. */
function packageOf(wanted: string): string {
  return wanted
    .split('/')
    .slice(0, wanted.startsWith('@') ? 2 : 1)
    .join('/');
}
