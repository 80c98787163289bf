// The steps of the tour, in their order: what a team, its customer and its consumer do, over the real wires.
import { readFile } from 'node:fs/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import nodemailer from 'nodemailer';
import { createMailroom, type Mailroom, parseReply, type ReplyEvent } from '../lib/client/mailroom.ts';
import { FIRST_MAIL } from '../local/first-mail.ts';
import type { LocalMailroom } from '../local/mailroom.ts';

/** What the steps hand to each other. */
export interface TourState {
  readonly local: LocalMailroom;
  readonly mailroom: Mailroom;
  readonly sqs: SQSClient;
  sentMessageId?: string;
  reply?: ReplyEvent;
}

export interface TourStep {
  readonly name: string;
  /** Answers what really happened, for the step's line. @throws Error with the reason */
  run(state: TourState): Promise<string>;
}

const CUSTOMER = FIRST_MAIL.to;
const DELIVERY_MS = 5_000;

export function createState(local: LocalMailroom): TourState {
  const { outputs } = local.aws;
  const mailroom = createMailroom({
    mailbox: 'support',
    sendFunction: outputs.SendMailFunction ?? '',
    outboxUrl: outputs.OutboxUrl ?? '',
    bucket: outputs.MailBucket ?? '',
    messagesTable: outputs.MessagesTable ?? '',
  });
  return { local, mailroom, sqs: new SQSClient({}) };
}

export const STEPS: readonly TourStep[] = [
  { name: 'refresh', run: refreshToken },
  { name: 'poll', run: startReading },
  { name: 'send', run: sendMail },
  { name: 'deliver', run: awaitDelivery },
  { name: 'reply', run: replyAsCustomer },
  { name: 'route', run: routeReply },
  { name: 'receive', run: receiveReply },
  { name: 'answer', run: answerInThread },
];

async function refreshToken({ local }: TourState): Promise<string> {
  const { payload, functionError } = await local.aws.runSchedule(local.aws.outputs.RefreshTokensFunction ?? '');
  const { refreshed, failures = [] } = JSON.parse(payload);
  if (functionError === undefined && refreshed === 1) return 'an access token for support, from its refresh token';
  throw new Error(`no token was refreshed: ${explain(failures, payload)}`);
}

async function startReading({ local }: TourState): Promise<string> {
  await poll(local);
  return 'support is read from here on';
}

async function sendMail(state: TourState): Promise<string> {
  const outcome = await state.mailroom.send(FIRST_MAIL);
  if (outcome.kind !== 'sent') throw new Error(`expected the mail to be sent, it is ${outcome.kind}${codeOf(outcome)}`);
  state.sentMessageId = outcome.messageId;
  return `${outcome.messageId}  ${outcome.response}`;
}

async function awaitDelivery({ local, sentMessageId }: TourState): Promise<string> {
  const mail = await local.google
    .account(CUSTOMER)
    .waitForMessage(({ raw }) => raw.includes(sentMessageId ?? ''), DELIVERY_MS);
  return `in the inbox of ${CUSTOMER}, ${mail.raw.length} bytes`;
}

async function replyAsCustomer({ local, sentMessageId = '' }: TourState): Promise<string> {
  const { smtps, ca } = local.google.endpoints;
  const accessToken = await local.google.account(CUSTOMER).accessToken();
  const transport = nodemailer.createTransport({
    ...smtps,
    secure: true,
    auth: { type: 'OAuth2', user: CUSTOMER, accessToken },
    tls: { ca: await readFile(ca) },
  });
  const { response } = await transport.sendMail({
    from: CUSTOMER,
    to: 'support@shop.example',
    subject: `Re: ${FIRST_MAIL.subject}`,
    inReplyTo: sentMessageId,
    references: sentMessageId,
    text: 'Tomorrow would be fine.\n\nOn Friday, Shop support wrote:\n> Dear Ada,\n> when should we deliver your order?\n',
  });
  await local.google
    .account('support@shop.example')
    .waitForMessage(({ raw }) => raw.includes('Tomorrow would be fine'), DELIVERY_MS);
  return response;
}

async function routeReply({ local }: TourState): Promise<string> {
  const { seen, routed } = await poll(local);
  if (routed !== 1) throw new Error(`expected the poll to route 1 reply, it saw ${seen} mails and routed ${routed}`);
  return `${seen} new mails seen, ${routed} routed to the replies queue`;
}

async function receiveReply(state: TourState): Promise<string> {
  const QueueUrl = state.local.aws.outputs.RepliesUrl ?? '';
  const { Messages = [] } = await state.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  const [message] = Messages;
  if (message === undefined) throw new Error('the replies queue is empty');
  state.reply = parseReply(message);
  await state.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return `"${state.reply.text}" with context ${JSON.stringify(state.reply.answers.context)}`;
}

async function answerInThread({ local, mailroom, reply }: TourState): Promise<string> {
  if (reply === undefined) throw new Error('there is no reply to answer');
  const { idempotencyKey } = await mailroom.answer(reply, { text: 'Then tomorrow it is. Thank you!' });
  const inbox = local.google.account(CUSTOMER);
  const answer = await inbox.waitForMessage(({ raw }) => raw.includes('Then tomorrow it is'), DELIVERY_MS);
  const first = inbox.messages('INBOX').at(0);
  if (answer.thrid !== first?.thrid) throw new Error('the answer is not in the thread of the first mail');
  await local.aws.idle();
  const status = await mailroom.status(idempotencyKey);
  return `through the outbox, ${status?.state} as ${status?.messageId}, in the same thread`;
}

async function poll({ aws }: LocalMailroom): Promise<{ seen: number; routed: number }> {
  const { payload, functionError } = await aws.runSchedule(aws.outputs.PollRepliesFunction ?? '');
  const { seen = 0, routed = 0, failures = [] } = JSON.parse(payload);
  if (functionError === undefined && failures.length === 0) return { seen, routed };
  throw new Error(`the mailbox could not be read: ${explain(failures, payload)}`);
}

function explain([failure]: readonly { code: string; message: string }[], payload: string): string {
  return failure === undefined ? payload : `${failure.code}: ${failure.message}`;
}

function codeOf(outcome: object): string {
  return 'code' in outcome ? ` (${outcome.code})` : '';
}
