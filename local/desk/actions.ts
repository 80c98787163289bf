// What a person does at the desk: sends as their service would, writes as a customer, lets things go wrong. Each answers a
// sentence for the person who pressed the button.
import { randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { LocalAws } from '../aws/aws.ts';
import type { InvokeResult } from '../aws/lambda-environment.ts';
import type { LocalGoogle } from '../google/google.ts';
import { ActionRefused } from './action-refused.ts';
import { answerTo, writeAsCustomer } from './customer-mail.ts';
import { TROUBLES } from './desk-state.ts';
import type { Troubles } from './troubles.ts';

export interface ActionGround {
  readonly aws: LocalAws;
  readonly google: LocalGoogle;
  readonly troubles: Troubles;
  readonly sqs: SQSClient;
}

/** @throws ActionRefused */
export type Action = (ground: ActionGround, input: unknown) => Promise<string>;

const WrittenSchema = v.pipe(v.string(), v.trim(), v.nonEmpty('must not be empty'));
const SendSchema = v.object({
  mailbox: WrittenSchema,
  to: WrittenSchema,
  subject: v.string(),
  text: v.string(),
  html: v.optional(v.string()),
  /** JSON. */
  context: v.optional(v.pipe(v.string(), v.parseJson(undefined, 'must be JSON, or empty'))),
  inReplyTo: v.optional(v.string()),
  by: v.picklist(['invocation', 'outbox']),
});
const AnswerSchema = v.object({ customer: v.string(), mail: v.string(), text: WrittenSchema });
const WriteSchema = v.object({ customer: v.string(), to: WrittenSchema, subject: v.string(), text: WrittenSchema });
const MailboxSchema = v.object({ address: v.string() });
const TroubleSchema = v.object({ address: v.string(), trouble: v.picklist(TROUBLES), isOn: v.boolean() });

const BY_NAME: Readonly<Record<string, Action>> = {
  async send(ground, input) {
    const { by, ...mail } = read(SendSchema, input);
    const request = { version: 1, idempotencyKey: randomUUID(), ...mail };
    return by === 'outbox' ? enqueue(ground, request) : invokeSend(ground, request);
  },

  async answer({ google }, input) {
    const { customer, mail, text } = read(AnswerSchema, input);
    const message = google
      .account(customer)
      .messages()
      .find(({ msgid }) => msgid === mail);
    if (message === undefined) throw new ActionRefused('this mail is not there any more');
    return `Answered: ${await writeAsCustomer(google, customer, await answerTo(message, text))}`;
  },

  async write({ google }, input) {
    const { customer, ...letter } = read(WriteSchema, input);
    return `Written: ${await writeAsCustomer(google, customer, letter)}`;
  },

  async poll({ aws }) {
    const { seen = 0, routed = 0, settled = 0, failures = [] } = await run(aws, 'PollRepliesFunction');
    return `Polled: ${seen} new mails seen, ${routed} routed, ${settled} settled${told(failures)}.`;
  },

  async release({ aws }) {
    const { failures = [] } = await run(aws, 'ReleaseWaitingFunction');
    return `What was due went back on the outbox${told(failures)}.`;
  },

  async 'expire-token'({ google }, input) {
    google.account(read(MailboxSchema, input).address).expireAccessTokens();
    return 'Its access tokens are refused from now on. Send a mail: a new one is made on the way.';
  },

  async 'revoke-grant'({ google }, input) {
    google.account(read(MailboxSchema, input).address).revokeGrants();
    return 'Its grant is revoked, as its owner can do at Google. Only connecting it again helps.';
  },

  async trouble({ troubles }, input) {
    const { address, trouble, isOn } = read(TroubleSchema, input);
    troubles.set(address, trouble, isOn);
    return isOn
      ? SAID[trouble]
      : 'Gmail takes mail from it as before. A hold ends by itself, or by the command release.';
  },
};

/** A map: a name that comes from a page must find nothing that every object has. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map(Object.entries(BY_NAME));

const SAID = {
  'cut-after-data': 'The connection is cut after the next mail was taken, before Gmail says so.',
  throttled: 'Gmail answers its mail with 421 4.7.0 until you end it.',
  'at-its-limit': 'Gmail answers its mail with 550 5.4.5 until you end it.',
} as const;

async function invokeSend({ aws }: ActionGround, request: object): Promise<string> {
  const answer = answerOf(await aws.invoke(aws.outputs.SendMailFunction ?? '', request));
  return `Outcome: ${[answer.kind, answer.code, answer.response].filter(Boolean).join(', ')}.`;
}

async function enqueue(
  { aws, sqs }: ActionGround,
  request: { mailbox: string; idempotencyKey: string },
): Promise<string> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: aws.outputs.OutboxUrl,
      MessageBody: JSON.stringify(request),
      MessageGroupId: request.mailbox,
      MessageDeduplicationId: request.idempotencyKey,
    }),
  );
  return 'It is on the outbox.';
}

interface Ran {
  readonly seen?: number;
  readonly routed?: number;
  readonly settled?: number;
  readonly failures?: readonly { readonly code: string }[];
}

async function run(aws: LocalAws, output: string): Promise<Ran> {
  return answerOf(await aws.runSchedule(aws.outputs[output] ?? '')) ?? {};
}

/** @throws ActionRefused in the words of what the function threw */
function answerOf({ payload, functionError }: InvokeResult) {
  const answer = JSON.parse(payload);
  if (functionError !== undefined) throw new ActionRefused(answer.errorMessage ?? functionError);
  return answer;
}

function told(failures: readonly { readonly code: string }[]): string {
  return failures.length === 0 ? '' : `; failed: ${failures.map(({ code }) => code).join(', ')}`;
}

function read<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new ActionRefused(`${v.getDotPath(issue) ?? 'the request'}: ${issue.message}`);
}
