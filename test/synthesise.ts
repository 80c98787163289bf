// Once before all tests: what they run is what `cdk synth` makes now.
import { fileURLToPath } from 'node:url';
import { synthesise } from '../local/synthesise.ts';

/** What the tests run. */
export const ASSEMBLY = fileURLToPath(new URL('../cdk.out', import.meta.url));

export default async function setup(): Promise<void> {
  await synthesise(ASSEMBLY);
}
