// An SQS that gives several messages of one thread at once, as AWS does and fauxqs does not, and writes down what it is told.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { bodyOf } from './reply-fixture.ts';

export interface ScriptedMessage {
  readonly id: string;
  readonly thread: string;
  /** How often it was received, this time included. Default: 1. */
  readonly received?: number;
}

export interface ScriptedSqs {
  readonly url: string;
  /** `Delete a1`, `ChangeVisibility a2 0`, in the order in which they came. */
  readonly calls: string[];
  close(): Promise<void>;
}

/** Gives the messages at the first receive; later ones wait until they are cut. */
export async function startScriptedSqs(messages: readonly ScriptedMessage[]): Promise<ScriptedSqs> {
  const calls: string[] = [];
  let isGiven = false;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const operation = String(incoming.headers['x-amz-target']).replace('AmazonSQS.', '');
    const input = JSON.parse(Buffer.concat(chunks).toString());
    if (operation === 'ReceiveMessage') {
      if (isGiven) return;
      isGiven = true;
      return answer(outgoing, { Messages: messages.map(received) });
    }
    calls.push(describeCall(operation, input));
    const Successful = input.Entries?.map(({ Id }: { Id: string }) => ({ Id }));
    return answer(outgoing, Successful === undefined ? {} : { Successful, Failed: [] });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/1/replies.fifo`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function received({ id, thread, received = 1 }: ScriptedMessage): object {
  const Body = bodyOf(id, thread);
  const MD5OfBody = createHash('md5').update(Body).digest('hex');
  const Attributes = { MessageGroupId: thread, ApproximateReceiveCount: String(received) };
  return { MessageId: id, ReceiptHandle: id, Body, MD5OfBody, Attributes };
}

interface Entry {
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout?: number;
}

function describeCall(
  operation: string,
  { Entries, ...input }: Entry & { readonly Entries?: readonly Entry[] },
): string {
  const entries = (Entries ?? [input]).map((entry) => [entry.ReceiptHandle, entry.VisibilityTimeout ?? ''].join(' '));
  return `${operation.replace('Message', '').replace('Batch', '')} ${entries.join(', ')}`.trim();
}

function answer(outgoing: ServerResponse, content: object): void {
  outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(JSON.stringify(content));
}
