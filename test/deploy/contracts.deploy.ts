// What Mailroom counts on of AWS, seen on an AWS that others wrote: the same suites pass on the local one.
import { afterAll, describe } from 'vitest';
import { describeQueues } from '../local/aws/queues-contract.ts';
import { describeSecretsManager } from '../local/aws/secrets-contract.ts';
import { type MiniStack, missing, startMiniStack } from './ministack.ts';

const why = await missing();
if (why !== undefined) console.warn(`skipped: ${why}`);

describe.skipIf(why !== undefined)('MiniStack', () => {
  let starting: Promise<MiniStack> | undefined;
  const start = () => {
    starting ??= startMiniStack();
    return starting;
  };

  describeSecretsManager('MiniStack', start, {
    'refuses the token of a put with another value': 'takes the first put for this one',
    'refuses values that are too long': 'takes values of any length',
    'says of what is marked for deletion that it is, to who would create it': 'says ResourceExistsException',
    'has nothing against deleting at once what is not there, or is marked already': 'says ResourceNotFoundException',
    'takes a hundred versions a day of one secret, and not one more': 'takes any number',
  });
  describeQueues('MiniStack', start);

  afterAll(async () => (await starting)?.stop());
});
