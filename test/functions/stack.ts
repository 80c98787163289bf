// The bundles of cdk.out on the local stack, as these tests use them: real SDK clients, and waiting with an end.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { MailboxIdSchema } from '../../lib/core/mailbox.ts';
import { keyOf } from '../../lib/core/message-key.ts';
import { parse } from '../../lib/core/parse.ts';
import { type LocalMailroom, type LocalMailroomOptions, startLocalMailroom } from '../../local/mailroom.ts';
import { ASSEMBLY } from '../synthesise.ts';
import { earlier } from './passing-time.ts';

/** Addresses of customers, access and refresh tokens, client secrets. */
const NEVER_LOGGED = /@customer\.example|@elsewhere\.example|ya29\.|1\/\/0|GOCSPX/;

interface Answer {
  readonly outcome?: Record<string, unknown>;
  readonly errorType?: string;
  readonly errorMessage?: string;
}

export interface TestStack extends LocalMailroom {
  readonly db: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  /** Every line that a function wrote; `stop` fails where one holds an address or a secret. */
  readonly log: string[];
  output(name: string): string;
  invoke(output: string, payload: unknown): Promise<Answer>;
  send(request: object): Promise<Answer>;
  item(idempotencyKey: string, mailbox?: string): Promise<Record<string, unknown> | undefined>;
  /** Writes attributes of a message's item, as time or a process that died would leave them. */
  change(idempotencyKey: string, attributes: Record<string, unknown>, mailbox?: string): Promise<void>;
  /** Writes attributes of a mailbox's profile, as its owner would. */
  setProfile(attributes: Record<string, unknown>, mailbox?: string): Promise<void>;
  /** What the mailbox may send, as it is stored. */
  sending(mailbox?: string): Promise<Record<string, unknown> | undefined>;
  /** As if the leases of the mailbox's slots, and the hold on it, had had their time. */
  passTime(mailbox?: string): Promise<void>;
  /** As if a mailbox had last been read so long ago: holds and leases on reading are over, and Spam is due. */
  passReadingTime(ms?: number, mailbox?: string): Promise<void>;
  /** As a day without refused tokens: another may be made at once. */
  passPace(mailbox?: string): Promise<void>;
  /** As before the first poll of a mailbox. */
  forgetReading(mailbox?: string): Promise<void>;
  /** Invokes DrainOutbox with records of one group, as AWS delivers them: up to ten of a mailbox at once. */
  drain(requests: readonly object[], group?: string): Promise<Answer>;
  enqueue(body: string, group: string, deduplicationId: string): Promise<void>;
  /** Takes messages off a queue. */
  receive(queueOutput: string, waitSeconds?: number): Promise<Message[]>;
}

export async function startTestStack(options: Partial<LocalMailroomOptions> = {}): Promise<TestStack> {
  const log: string[] = [];
  const local = await startLocalMailroom({ assembly: ASSEMBLY, onLog: ({ line }) => log.push(line), ...options });
  const { region, credentials, endpoints, outputs } = local.aws;
  const access = { region, credentials: { ...credentials } };
  const lambda = new LambdaClient({ ...access, endpoint: endpoints.lambda });
  const sqs = new SQSClient({ ...access, endpoint: endpoints.sqs });
  const s3 = new S3Client({ ...access, endpoint: endpoints.s3 });
  const secrets = new SecretsManagerClient({ ...access, endpoint: endpoints.secretsmanager });
  const db = DynamoDBDocumentClient.from(new DynamoDBClient({ ...access, endpoint: endpoints.dynamodb }));
  const output = (name: string): string => {
    const value = outputs[name];
    if (value === undefined) throw new Error(`no output ${name}`);
    return value;
  };
  const invoke = async (name: string, payload: unknown): Promise<Answer> => {
    const command = new InvokeCommand({ FunctionName: output(name), Payload: JSON.stringify(payload) });
    const { Payload, FunctionError } = await lambda.send(command);
    const answer = JSON.parse(Payload?.transformToString() ?? 'null');
    return FunctionError === undefined ? { outcome: answer } : answer;
  };
  const item = async (idempotencyKey: string, mailbox = 'support') => {
    const id = parse(MailboxIdSchema, mailbox, 'EVENT_INVALID', 'test');
    const get = { TableName: output('MessagesTable'), Key: { key: keyOf(id, idempotencyKey) }, ConsistentRead: true };
    return (await db.send(new GetCommand(get))).Item;
  };
  const set = async (TableName: string, key: unknown, attributes: Record<string, unknown>) => {
    const names = Object.keys(attributes);
    const update = {
      TableName,
      Key: { key },
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
    };
    await db.send(new UpdateCommand(update));
  };
  const sending = async (mailbox = 'support') => {
    const Key = { key: `${mailbox}#sending` };
    return (await db.send(new GetCommand({ TableName: output('MailboxesTable'), Key, ConsistentRead: true }))).Item;
  };
  return {
    ...local,
    db,
    sqs,
    s3,
    secrets,
    log,
    output,
    invoke,
    send: (request) => invoke('SendMailFunction', { ...MAIL, ...request }),
    item,
    async change(idempotencyKey, attributes, mailbox) {
      await set(output('MessagesTable'), (await item(idempotencyKey, mailbox))?.key, attributes);
    },
    setProfile: (attributes, mailbox = 'support') => set(output('MailboxesTable'), `${mailbox}#profile`, attributes),
    sending,
    async passTime(mailbox) {
      const Item = await sending(mailbox);
      if (Item === undefined) return;
      const TableName = output('MailboxesTable');
      const hold = Item.hold && { hold: { ...Item.hold, until: Date.now() } };
      await db.send(new PutCommand({ TableName, Item: { ...Item, ...hold, slots: [], version: Item.version + 1 } }));
    },
    async passReadingTime(ms = 3_600_000, mailbox = 'support') {
      const TableName = output('MailboxesTable');
      const Key = { key: `${mailbox}#reading` };
      const { Item } = await db.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      if (Item === undefined) return;
      await db.send(new PutCommand({ TableName, Item: earlier(Item, ms) }));
    },
    async passPace(mailbox = 'support') {
      const Key = { key: `${mailbox}#grant` };
      await db.send(new UpdateCommand({ TableName: output('MailboxesTable'), Key, UpdateExpression: 'REMOVE pace' }));
    },
    async forgetReading(mailbox = 'support') {
      const Key = { key: `${mailbox}#reading` };
      await db.send(new DeleteCommand({ TableName: output('MailboxesTable'), Key }));
    },
    drain(requests, group = 'support') {
      const Records = requests.map((request) => ({
        messageId: randomUUID(),
        body: JSON.stringify({ ...MAIL, mailbox: group, ...request }),
        attributes: { MessageGroupId: group },
      }));
      return invoke('DrainOutboxFunction', { Records });
    },
    async enqueue(MessageBody, MessageGroupId, MessageDeduplicationId) {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: output('OutboxUrl'), MessageBody, MessageGroupId, MessageDeduplicationId }),
      );
    },
    async receive(queue, WaitTimeSeconds = 1) {
      const command = {
        QueueUrl: output(queue),
        MaxNumberOfMessages: 10,
        WaitTimeSeconds,
        MessageAttributeNames: ['All'],
      };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(command));
      for (const { ReceiptHandle } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl: command.QueueUrl, ReceiptHandle }));
      }
      return Messages;
    },
    async stop() {
      for (const client of [lambda, sqs, s3, secrets, db]) client.destroy();
      await local.stop();
      const leaks = log.filter((line) => NEVER_LOGGED.test(line));
      if (leaks.length > 0) throw new Error(`a function logged an address or a secret: ${leaks[0]}`);
    },
  };
}

/** Beside SUPPORT. */
export const SALES = { id: 'sales', address: 'sales@shop.example' };
export const ADA = 'ada@customer.example';
export const GRACE = 'grace@customer.example';

/** A request that lacks only its idempotency key. */
export const MAIL = { version: 1, mailbox: 'support', to: ADA, subject: 'Hello', text: 'Hello Ada' };

/** Polls until there is something, or fails with what was awaited. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}`);
}

/** The mails of an inbox that hold a text. */
export function mailsWith({ google }: LocalMailroom, address: string, text: string): readonly string[] {
  const all = google.account(address).messages('INBOX');
  return all.map(({ raw }) => raw.toString('latin1')).filter((raw) => raw.includes(text));
}

/** As a hand that edits the table might leave it. */
export async function storeMalformedProfile(stack: TestStack, id: string): Promise<void> {
  const Item = { key: `${id}#profile`, registry: 'profile', id, address: `${id} at shop`, plan: 'workspace' };
  await stack.db.send(new PutCommand({ TableName: stack.output('MailboxesTable'), Item }));
}
