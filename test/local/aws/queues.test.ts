// The queues of the local AWS do what Mailroom counts on.
import { afterAll } from 'vitest';
import type { HttpServer } from '../../../local/aws/http-server.ts';
import { startQueuesAndObjects } from '../../../local/aws/queues-and-objects.ts';
import { describeQueues } from './queues-contract.ts';

let server: HttpServer | undefined;

describeQueues('the local AWS', async () => {
  server = await startQueuesAndObjects();
  return { region: 'us-east-1', endpoint: server.url, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
});

afterAll(() => server?.close());
