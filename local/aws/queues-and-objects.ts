// SQS and S3, by fauxqs: in this process, on 127.0.0.1.
import { buildApp } from 'fauxqs';
import * as v from 'valibot';
import { describeServer, type HttpServer } from './http-server.ts';

/** A single PUT may be 5 GB at AWS; here as much as the largest request that Mailroom hands over. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

export interface QueuesAndObjects extends HttpServer {
  /** What lies on a queue, oldest first, without receiving it. */
  peek(queueName: string): Promise<readonly PeekedMessage[]>;
}

export interface PeekedMessage {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Received by somebody who has not deleted it yet. */
  readonly isInFlight: boolean;
}

export async function startQueuesAndObjects(): Promise<QueuesAndObjects> {
  const app = buildApp({ logger: false });
  // fauxqs takes bodies of 11 MiB only.
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_OBJECT_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  // Its queue URLs name a host such as sqs.us-east-1.localhost, which need not resolve.
  app.addHook('onSend', async (_request, _reply, payload) =>
    typeof payload === 'string' ? payload.replace(/http:\/\/sqs\.[\w-]+\.[\w.]+:/g, 'http://127.0.0.1:') : payload,
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const peek = async (queueName: string) => {
    const { body } = await app.inject(`/_fauxqs/queues/${encodeURIComponent(queueName)}`);
    return readPeeked(JSON.parse(body));
  };
  return { ...describeServer(app.server), peek, close: () => app.close() };
}

const MessageSchema = v.object({
  messageId: v.string(),
  body: v.string(),
  sentTimestamp: v.number(),
  messageAttributes: v.record(v.string(), v.looseObject({ StringValue: v.optional(v.string(), '') })),
});
type Message = v.InferOutput<typeof MessageSchema>;

const InspectedSchema = v.object({
  messages: v.object({
    ready: v.array(MessageSchema),
    delayed: v.array(MessageSchema),
    inflight: v.array(v.object({ message: MessageSchema })),
  }),
});

/** https://github.com/kibertoad/fauxqs#queue-inspection */
function readPeeked(inspected: unknown): readonly PeekedMessage[] {
  const { ready, delayed, inflight } = v.parse(InspectedSchema, inspected).messages;
  const waiting = [...ready, ...delayed].map((message) => describe(message, false));
  const inWork = inflight.map(({ message }) => describe(message, true));
  return [...waiting, ...inWork].sort((one, other) => one.sentAt - other.sentAt);
}

function describe({ messageId, body, sentTimestamp, messageAttributes }: Message, isInFlight: boolean): PeekedMessage {
  const attributes = Object.entries(messageAttributes).map(([name, { StringValue }]) => [name, StringValue] as const);
  return { id: messageId, body, sentAt: sentTimestamp, attributes: Object.fromEntries(attributes), isInFlight };
}
