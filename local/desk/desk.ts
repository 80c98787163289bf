// The desk: a web page on 127.0.0.1 that shows what the local Mailroom does, and lets a person play every part in it:
// the service that sends, the customer who answers, and the day on which things go wrong.
import type { IncomingMessage } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LocalAws } from '../aws/aws.ts';
import { readBody, startHttpServer } from '../aws/http-server.ts';
import type { ApiCall } from '../aws/policy.ts';
import type { LocalGoogle } from '../google/google.ts';
import { ActionRefused } from './action-refused.ts';
import { ACTIONS, type ActionGround } from './actions.ts';
import { type Answer, isForeign, send } from './answer.ts';
import { describeDesk } from './describe-desk.ts';
import { LiveUpdates } from './live-updates.ts';
import { answerMail } from './mail-pages.ts';
import { MessageStories } from './message-stories.ts';
import { readPage } from './page-files.ts';
import { QueueLog } from './queue-log.ts';
import { Troubles } from './troubles.ts';

export interface Desk {
  readonly url: string;
  close(): Promise<void>;
}

/** What is posted here is written by hand. */
const MOST_POSTED_BYTES = 1024 * 1024;

export async function openDesk(aws: LocalAws, google: LocalGoogle): Promise<Desk> {
  const { region, credentials, endpoints, outputs } = aws;
  const access = { region, credentials };
  const db = DynamoDBDocumentClient.from(new DynamoDBClient({ ...access, endpoint: endpoints.dynamodb }));
  const sqs = new SQSClient({ ...access, endpoint: endpoints.sqs });
  const ground: ActionGround = { aws, google, troubles: new Troubles(google), sqs };
  const stories = new MessageStories(db, outputs.MessagesTable ?? '');
  const queues = new QueueLog(queueUrls(aws), aws.peek);
  const updates = new LiveUpdates(() =>
    describeDesk({ db, outputs, google, stories, queues, troubles: ground.troubles }),
  );
  const stopListening = lookOn(aws, { queues, stories, updates });
  const page = await readPage();
  let origin = '';
  const server = await startHttpServer(async (request, response) => {
    if (isForeign(request, origin)) return send(response, { status: 403, type: 'text/plain', body: 'Not from here.' });
    if (request.url === '/events') return updates.add(response);
    send(response, await answer(request, page, ground, origin).catch(describeFailure));
    updates.changed();
  });
  origin = server.url;
  return {
    url: server.url,
    async close() {
      stopListening();
      updates.close();
      await server.close();
      for (const client of [db, sqs]) client.destroy();
    },
  };
}

interface Onlookers {
  readonly queues: QueueLog;
  readonly stories: MessageStories;
  readonly updates: LiveUpdates;
}

/** @returns ends it */
function lookOn(aws: LocalAws, { queues, stories, updates }: Onlookers): () => void {
  const look = async (call: ApiCall): Promise<void> => {
    if (call.action.startsWith('sqs:')) await queues.look();
    if ((await stories.note(call)) || !isReading(call.action)) updates.changed();
  };
  // Who only looks on must not let a call fail.
  return aws.onCall((call) => look(call).catch((error) => updates.report(error)));
}

async function answer(
  request: IncomingMessage,
  page: Readonly<Record<string, Answer>>,
  ground: ActionGround,
  origin: string,
): Promise<Answer> {
  const [path = '/'] = (request.url ?? '/').split('?');
  const [, area, ...rest] = path.split('/').map(decodeURIComponent);
  if (request.method === 'POST') return act(request, area === 'actions' ? rest[0] : undefined, ground);
  if (area === 'mails') return answerMail(ground.google, rest, origin);
  return page[path] ?? { status: 404, type: 'text/plain', body: 'There is no such page.' };
}

async function act(request: IncomingMessage, name: string | undefined, ground: ActionGround): Promise<Answer> {
  const action = ACTIONS.get(name ?? '');
  if (action === undefined) return { status: 404, type: 'text/plain', body: 'There is no such action.' };
  const input: unknown = JSON.parse((await readBody(request, MOST_POSTED_BYTES)).toString());
  return { type: 'text/plain', body: await action(ground, input) };
}

/** A person reads it, whatever it is. */
function describeFailure(error: unknown): Answer {
  if (error instanceof ActionRefused) return { status: 422, type: 'text/plain', body: error.message };
  return { status: 500, type: 'text/plain', body: `The desk could not do it: ${error}` };
}

/** The desk's own looks are no news. */
function isReading(action: string): boolean {
  return /:(?:Get|Scan|Query|Describe|List)/.test(action);
}

function queueUrls({ outputs }: LocalAws) {
  return {
    outbox: outputs.OutboxUrl ?? '',
    outboxDead: outputs.OutboxDeadUrl ?? '',
    replies: outputs.RepliesUrl ?? '',
    repliesDead: outputs.RepliesDeadUrl ?? '',
  };
}
