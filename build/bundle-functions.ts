// The functions as they are deployed, so that who installs the package needs neither their sources nor esbuild.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../infra/function-code.ts';

/** An entry is named for what triggers it. */
const ENTRIES = 'functions/*/{invoke,outbox,schedule,audit}.ts';

/** @returns the files that went into them, relative to `root` */
export function bundleFunctions(root: string, folder: string): ReadonlySet<string> {
  const entries = globSync(ENTRIES, { cwd: root });
  return new Set(entries.flatMap((entry) => bundle(join(root, entry), join(folder, entry.replace(/\.ts$/, '')))));
}
