// EventBridge's default bus, as far as events can be put on it (JSON 1.1): what was put is kept for tests to look at.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
import * as v from 'valibot';
import { type HttpServer, readBody, startHttpServer } from './http-server.ts';

export interface PutEvent {
  readonly source: string;
  readonly detailType: string;
  /** As it was put, parsed. */
  readonly detail: unknown;
}

export interface EventBus extends HttpServer {
  events(): readonly PutEvent[];
}

const TextSchema = v.optional(v.string());
const EntrySchema = v.looseObject({
  Source: TextSchema,
  DetailType: TextSchema,
  Detail: TextSchema,
  EventBusName: TextSchema,
});
type Entry = v.InferOutput<typeof EntrySchema>;
const RequestSchema = v.object({ Entries: v.pipe(v.array(EntrySchema), v.minLength(1), v.maxLength(10)) });

/** Of all entries together, with 14 bytes for a time. */
const MAX_BYTES = 256 * 1024;

export async function startEventBus(): Promise<EventBus> {
  const events: PutEvent[] = [];
  const server = await startHttpServer(async (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    const body = (await readBody(request)).toString();
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents')
      return answer(400, { __type: 'UnknownOperationException', message: 'The local EventBridge has only PutEvents.' });
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), RequestSchema), body);
    if (!parsed.success) return answer(400, { __type: 'ValidationException', message: 'Entries must be 1 to 10.' });
    const { Entries } = parsed.output;
    if (Entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > MAX_BYTES)
      return answer(400, { __type: 'ValidationException', message: 'Total size of the entries is over the limit.' });
    const results = Entries.map((entry) => put(events, entry));
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
    answer(200, { FailedEntryCount, Entries: results });
  });
  return { ...server, events: () => [...events] };
}

type Result = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

function put(events: PutEvent[], { Source, DetailType, Detail, EventBusName = 'default' }: Entry): Result {
  const missing = Object.entries({ Source, DetailType, Detail }).find(([, value]) => !value)?.[0];
  if (missing !== undefined) return invalid('InvalidArgument', `Parameter ${missing} is not valid. Reason: not set.`);
  if (EventBusName !== 'default') return invalid('InvalidArgument', 'Event bus does not exist.');
  if (Source?.startsWith('aws.')) return invalid('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = v.safeParse(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())), Detail);
  if (!detail.success) return invalid('MalformedDetail', 'Detail is malformed.');
  events.push({ source: Source ?? '', detailType: DetailType ?? '', detail: detail.output });
  return { EventId: crypto.randomUUID() };
}

function invalid(ErrorCode: string, ErrorMessage: string): Result {
  return { ErrorCode, ErrorMessage };
}

function sizeOf({ Source = '', DetailType = '', Detail = '' }: Entry): number {
  return 14 + Buffer.byteLength(Source + DetailType + Detail);
}
