// Once before these tests: the package is built and packed as it would be published.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildPackage } from '../../build/build-package.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export default async function setup(): Promise<void> {
  const { folder } = await buildPackage();
  await promisify(execFile)('npm', ['pack', folder, '--pack-destination', dirname(folder)], { cwd: ROOT });
}

export async function findTarball(): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  return join(ROOT, 'dist', `${name}-${version}.tgz`);
}
