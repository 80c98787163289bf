// Imports point one way (docs/decisions/0001-layout.md): this reads every import of the source, type imports too.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Area → the areas that it may import, besides itself. An area is the longest prefix that names a file. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'lib/core': [],
  'lib/google': ['lib/core'],
  'lib/smtp': ['lib/core'],
  'lib/imap': ['lib/core'],
  'lib/pop3': ['lib/core'],
  'lib/mime': ['lib/core'],
  'lib/aws': ['lib/core'],
  'lib/client': ['lib/core'],
  'functions/env.ts': ['lib/core'],
  functions: ['functions/env.ts', 'lib/core', 'lib/google', 'lib/smtp', 'lib/imap', 'lib/pop3', 'lib/mime', 'lib/aws'],
  cli: ['lib/core', 'lib/google', 'lib/smtp', 'lib/imap', 'lib/pop3', 'lib/mime', 'lib/aws', 'lib/client'],
  infra: ['functions/env.ts', 'infra/function-code.ts'],
  'infra/function-code.ts': [],
  build: ['infra/function-code.ts'],
  'local/google': [],
  'local/aws': [],
  'local/desk': ['local/google', 'local/aws', 'lib/core'],
  'local/desk/page': ['local/desk'],
  local: ['local/desk', 'local/google', 'local/aws', 'lib/core'],
  tour: ['local', 'lib/client', 'lib/core'],
  contracts: ['local', 'lib/client', 'lib/core'],
};

/** core has no I/O, no clock and no randomness: of Node it may use only what computes. */
const PURE_BUILT_INS = ['node:crypto'];
const PURE_CRYPTO = ['createHash'];

const files = globSync(
  Object.keys(MAY_IMPORT).map((area) => (area.endsWith('.ts') ? area : `${area}/**/*.ts`)),
  { cwd: ROOT },
);

describe('import directions', () => {
  it('finds source files in every area', () => {
    const areas = new Set(files.map(areaOf));
    expect([...areas].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it.each(files)('%s imports only what its area may', (file) => {
    const area = areaOf(file);
    const allowed = [area, ...(MAY_IMPORT[area] ?? [])];
    const wrong = importsOf(file)
      .filter(({ from }) => from.startsWith('.'))
      .map(({ from }) => relative(ROOT, join(ROOT, dirname(file), from)))
      .filter((target) => !allowed.includes(areaOf(target)));
    expect(wrong).toEqual([]);
  });

  it.each(files.filter((file) => areaOf(file) === 'lib/core'))('%s is pure', (file) => {
    const source = readFileSync(join(ROOT, file), 'utf8');
    const builtIns = importsOf(file).filter(({ from }) => from.startsWith('node:'));
    expect(builtIns.filter(({ from }) => !PURE_BUILT_INS.includes(from))).toEqual([]);
    expect(builtIns.flatMap(({ names }) => names).filter((name) => !PURE_CRYPTO.includes(name))).toEqual([]);
    expect(source).not.toMatch(/\b(?:process\.|Date\.now|Math\.random|setTimeout|setInterval|new Date\(\)|console\.)/);
  });
});

function areaOf(file: string): string {
  const areas = Object.keys(MAY_IMPORT).filter((area) => file === area || file.startsWith(`${area}/`));
  return areas.sort((one, other) => other.length - one.length)[0] ?? file;
}

function importsOf(file: string): { from: string; names: string[] }[] {
  const { module, errors } = parseSync(file, readFileSync(join(ROOT, file), 'utf8'));
  if (errors.length > 0) throw new Error(`${file} does not parse`);
  const imports = module.staticImports.map(({ moduleRequest, entries }) => ({
    from: moduleRequest.value,
    names: entries.map(({ importName }) => importName.name ?? '*'),
  }));
  const reExports = module.staticExports
    .flatMap(({ entries }) => entries)
    .flatMap(({ moduleRequest }) => (moduleRequest ? [{ from: moduleRequest.value, names: [] }] : []));
  return [...imports, ...reExports];
}
