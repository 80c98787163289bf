// Starts further runs of a function, and does not wait for them.
import { once } from '../core/once.ts';
import type { SliceRuns } from '../core/reading-ports.ts';
import { CLIENT_OPTIONS } from './clients.ts';

/** Most stacks have a few mailboxes: its client is loaded when there are more than one run reads. */
export function createSliceRuns(functionName: string): SliceRuns {
  const load = once(async () => {
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    return { InvokeCommand, lambda: new LambdaClient(CLIENT_OPTIONS) };
  });
  return {
    async start(mailboxes) {
      const { InvokeCommand, lambda } = await load();
      const Payload = JSON.stringify({ mailboxes });
      await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
    },
  };
}
