// `npm start`: the tour. The last line of its output is the reply event, as one line of JSON.
import { LOCAL_ASSEMBLY, synthesise } from '../local/synthesise.ts';
import { runTour } from './tour.ts';

const begun = performance.now();
try {
  console.log('synth    what `cdk deploy` would deploy, with the bundles of its functions …');
  const assembly = await synthesise(LOCAL_ASSEMBLY);
  const reply = await runTour({ assembly, say: console.log });
  console.log(
    `\nSent, answered and answered back in ${((performance.now() - begun) / 1_000).toFixed(1)} s. The event that the consumer received:`,
  );
  console.log(JSON.stringify(reply));
} catch (error) {
  console.error(`\nThe tour failed at ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
