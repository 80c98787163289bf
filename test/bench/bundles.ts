// Bundles of the bench's rivals, made as ours are.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../infra/function-code.ts';

const RIVALS = ['snippet', 'floor', 'bare-nodemailer', 'bare-imapflow', 'one-buffer'] as const;
export type Rival = (typeof RIVALS)[number];

export interface RivalBundles {
  folder(rival: Rival): string;
  remove(): Promise<void>;
}

export async function bundleRivals(): Promise<RivalBundles> {
  const root = await mkdtemp(join(tmpdir(), 'mailroom-bench-'));
  for (const rival of RIVALS) {
    bundle(fileURLToPath(new URL(`./rivals/${rival}.ts`, import.meta.url)), join(root, rival));
  }
  return { folder: (rival) => join(root, rival), remove: () => rm(root, { recursive: true, force: true }) };
}
