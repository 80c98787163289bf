// Once before all tests: what they run is what `cdk synth` makes now.
import { synthesise } from '../local/synthesise.ts';

export default async function setup(): Promise<void> {
  await synthesise();
}
