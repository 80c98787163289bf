// `npm run release`: writes what the version in package.json promises into releases/VERSION. What is there already was
// released, and is never written again: raise the version first.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_ASSEMBLY, synthesise } from '../local/synthesise.ts';
import { CONTRACTS, fileNameOf, textOf } from './contracts.ts';
import { makeExamples } from './examples/make-examples.ts';
import { currentVersion, EXAMPLES_FILE, RELEASES, TEMPLATE_FILE } from './releases.ts';

/** @throws Error where that version was released before */
async function release(version: string): Promise<void> {
  const folder = join(RELEASES, version);
  if (existsSync(folder)) throw new Error(`releases/${version} is there: what was released does not change`);
  const assembly = await synthesise(LOCAL_ASSEMBLY);
  const examples = await makeExamples(assembly);
  mkdirSync(RELEASES, { recursive: true });
  // Whole or not at all.
  const unfinished = mkdtempSync(join(RELEASES, '.unfinished-'));
  copyFileSync(join(assembly, 'Mailroom.template.json'), join(unfinished, TEMPLATE_FILE));
  writeFileSync(join(unfinished, EXAMPLES_FILE), `${JSON.stringify(examples, undefined, 2)}\n`);
  for (const contract of CONTRACTS) writeFileSync(join(unfinished, fileNameOf(contract)), textOf(contract));
  renameSync(unfinished, folder);
  console.log(`releases/${version}`);
}

try {
  await release(currentVersion());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
