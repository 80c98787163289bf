// A project of somebody else, in an empty folder outside the repository: it installs the tarball as anybody would.
import { execFile } from 'node:child_process';
import { cp, glob, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findTarball } from './pack.ts';

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface OutsideProject {
  readonly folder: string;
  /** Where `cdk synth` wrote. */
  readonly assembly: string;
  /** As Lambda has it: beside a bundle that runs there is neither the project nor what it has installed. */
  readonly lambda: string;
  run(command: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  remove(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');
/** What a user of all three exports has beside it; esbuild for the bundle of a function of their own. */
const INSTALLED = ['aws-cdk-lib', 'constructs', 'nodemailer', 'typescript', '@types/node', 'esbuild'];
const SOURCES = ['test/package/outside/*', 'docs/examples/*.ts'];
/**
 * Declarations are checked too, ours and those of our dependencies. The CDK's own do not pass `exactOptionalPropertyTypes`;
 * that is how this repository compiles the same files.
 */
const COMPILER = {
  target: 'es2024',
  lib: ['es2024'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  rewriteRelativeImportExtensions: true,
  rootDir: '.',
  outDir: 'js',
};

/** Why nothing can be installed here; undefined where it can. */
export async function missing(): Promise<string | undefined> {
  const { exitCode, stderr } = await run(tmpdir(), 'npm', ['view', 'constructs', 'name', '--fetch-retries=0']);
  if (exitCode === 0) return undefined;
  return `the registry of npm cannot be reached: ${/code (\S+)/.exec(stderr)?.[1] ?? stderr}`;
}

export async function createOutsideProject(): Promise<OutsideProject> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'mailroom-outside-')));
  const folder = join(root, 'shop');
  const project: OutsideProject = {
    folder,
    assembly: join(folder, 'cdk.out'),
    lambda: join(root, 'lambda'),
    run: (command, args, environment) => run(folder, command, args, environment),
    remove: () => rm(root, { recursive: true, force: true }),
  };
  for await (const file of glob(SOURCES, { cwd: ROOT })) {
    await cp(join(ROOT, file), join(folder, file.split('/').at(-1) ?? file));
  }
  await writeJson(join(folder, 'package.json'), { name: 'shop', private: true, type: 'module' });
  await writeJson(join(folder, 'tsconfig.json'), { compilerOptions: COMPILER, include: ['*.ts'] });
  // The context decides how the template is written: as here, so that both can be compared.
  const cdk = JSON.parse(await readFile(join(ROOT, 'cdk.json'), 'utf8'));
  await writeJson(join(folder, 'cdk.json'), { ...cdk, app: 'node js/app.js' });
  return project;
}

/** @throws Error with what npm said */
export async function install({ run }: OutsideProject): Promise<Ended> {
  const { devDependencies, dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const versions = { ...devDependencies, ...dependencies };
  const ended = await run('npm', [
    'install',
    await findTarball(),
    ...INSTALLED.map((one) => `${one}@${versions[one]}`),
  ]);
  if (ended.exitCode !== 0) throw new Error(`npm install failed:\n${ended.stderr}`);
  return ended;
}

export function synthesise({ run }: OutsideProject): Promise<Ended> {
  return run(process.execPath, [CDK, 'synth', '--quiet']);
}

export async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = { ...ownEnvironment(), ...environment };
  try {
    return { exitCode: 0, ...(await promisify(execFile)(command, args, { cwd, env })) };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = Object(error);
    if (typeof code !== 'number') throw error;
    return { exitCode: code, stdout, stderr };
  }
}

/** Without what `npm run` and vitest tell their children of this repository, without an AWS, this Node first on the PATH. */
function ownEnvironment(): Record<string, string | undefined> {
  const foreign =
    /^(npm_(?!config_(registry|cache|userconfig|proxy|https_proxy|cafile)$)|INIT_CWD$|NODE_ENV$|VITEST|AWS_)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const [platform = '', ...rest] = [dirname(process.execPath), ...(process.env.PATH ?? '').split(':')];
  return { ...Object.fromEntries(own), PATH: [platform, ...rest.filter((one) => !one.startsWith(ROOT))].join(':') };
}

function writeJson(file: string, content: object): Promise<void> {
  return writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
