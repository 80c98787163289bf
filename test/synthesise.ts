// Once before all tests: what they run is what `cdk synth` makes now.
import { fileURLToPath } from 'node:url';
import { synthesise } from '../local/synthesise.ts';

/** A cloud assembly of these sources, made by whoever runs several suites on it (.ci/run). */
const { MAILROOM_ASSEMBLY } = process.env;

/** What the tests run. */
export const ASSEMBLY = MAILROOM_ASSEMBLY ?? fileURLToPath(new URL('../cdk.out', import.meta.url));

export default async function setup(): Promise<void> {
  if (MAILROOM_ASSEMBLY === undefined) await synthesise(ASSEMBLY);
}
