// The package.json of the package, derived from that of the repository: its exports as JavaScript with types, and of its
// dependencies those that are imported.
import * as v from 'valibot';

const TextsSchema = v.record(v.string(), v.string());
const PackageJsonSchema = v.object({
  name: v.string(),
  version: v.string(),
  description: v.string(),
  license: v.string(),
  exports: TextsSchema,
  bin: v.object({ mailroom: v.string() }),
  dependencies: TextsSchema,
  devDependencies: TextsSchema,
});
export type PackageJson = v.InferOutput<typeof PackageJsonSchema>;

/** What package.json's `bin` starts, in either package. */
const COMMAND_LINE = 'cli/main.js';
/** Map.groupBy, and the first 22 in which CommonJS may require this package. */
const NODE = '>=22.12.0';
/** Who imports mailroom/infra has them: it must be the same copy, and who only sends needs none. */
const PEERS = ['aws-cdk-lib', 'constructs'];

export function parsePackageJson(text: string): PackageJson {
  return v.parse(PackageJsonSchema, JSON.parse(text));
}

/** Compiled files that nothing imports: whoever uses the package does. */
export function entriesOf({ exports }: PackageJson): readonly string[] {
  const exported = Object.values(exports).flatMap((source) => [compiled(source, '.js'), compiled(source, '.d.ts')]);
  return [...exported.map((path) => path.slice('./'.length)), COMMAND_LINE];
}

/** @throws Error where a package is imported that the repository has only for its development, or not at all */
export function publishedJson(json: PackageJson, imported: ReadonlySet<string>): object {
  const { name, version, description, license, bin } = json;
  const packages = [...imported].toSorted();
  const peers = packages.filter((one) => PEERS.includes(one));
  const dependencies = packages.filter((one) => !PEERS.includes(one));
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: NODE },
    bin,
    exports: {
      ...Object.fromEntries(Object.entries(json.exports).map(([path, source]) => [path, conditions(source)])),
      './schemas/*.json': './schemas/*.json',
    },
    sideEffects: false,
    dependencies: ranges(dependencies, json.dependencies),
    peerDependencies: ranges(peers, json.devDependencies),
    peerDependenciesMeta: Object.fromEntries(peers.map((one) => [one, { optional: true }])),
  };
}

function conditions(source: string): object {
  return { types: compiled(source, '.d.ts'), default: compiled(source, '.js') };
}

function compiled(source: string, ending: '.js' | '.d.ts'): string {
  return source.replace(/\.ts$/, ending);
}

/** Not the exact version that the tests ran with: who has the same SDK should not load it twice. */
function ranges(packages: readonly string[], versions: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    packages.map((one) => {
      const version = versions[one];
      if (version === undefined) throw new Error(`what is packed imports ${one}, which is no dependency`);
      return [one, `^${version}`];
    }),
  );
}
