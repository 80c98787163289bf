// Everything that the functions ever do with AWS, as steps that say so when they did not succeed. Run with one statement
// missing, some step must fail: its name is why the statement is there.

import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Template } from '../../local/aws/assembly.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, MAIL, startTestStack, type TestStack } from '../functions/stack.ts';

type Step = readonly [name: string, run: (stack: TestStack) => Promise<unknown>];

/** @returns the name of the first step that failed and why, or undefined when all went well */
export async function runWholeJob(transformTemplate: (template: Template) => unknown): Promise<string | undefined> {
  let stack: TestStack;
  try {
    stack = await startTestStack({ transformTemplate });
  } catch (error) {
    return `deploying the stack (${error instanceof Error ? error.message : error})`;
  }
  try {
    for (const [name, run] of STEPS) {
      const problem = await run(stack).then(
        (answer) => (answer === true ? undefined : (JSON.stringify(answer) ?? 'no outcome')),
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (problem !== undefined) return `${name}: ${problem}`;
    }
    return undefined;
  } finally {
    await stack.stop();
  }
}

const STEPS: readonly Step[] = [
  ['making the first access tokens', async (stack) => refreshed(await stack.invoke('RefreshTokensFunction', {}))],
  ['replacing a refused token', replaceToken],
  ['starting to read a mailbox', async (stack) => polled(await stack.invoke('PollRepliesFunction', {}), 0)],
  ['sending by invocation', async (stack) => isSent(await stack.send({ idempotencyKey: 'a' }))],
  ['replaying a request', async (stack) => (await stack.send({ idempotencyKey: 'a' })).outcome?.kind === 'replayed'],
  [
    'sending by invocation with a token that died',
    async (stack) => isSent(await afterExpiry(stack, () => stack.send({ idempotencyKey: 'b' }))),
  ],
  [
    'sending a large request',
    async (stack) => isSent(await stack.send({ idempotencyKey: 'c', text: 'x'.repeat(150_000) })),
  ],
  [
    'sending a request from the bucket',
    async (stack) => isSent(await stack.invoke('SendMailFunction', await store(stack, 'd'))),
  ],
  [
    'draining the outbox with a token that died',
    async (stack) =>
      isDrained(stack, await afterExpiry(stack, () => drain(stack, { ...MAIL, idempotencyKey: 'e' })), 'e'),
  ],
  [
    'draining a repeated request',
    async (stack) => isDrained(stack, await drain(stack, { ...MAIL, idempotencyKey: 'e' }), 'e'),
  ],
  [
    'draining a large request',
    async (stack) =>
      isDrained(stack, await drain(stack, { ...MAIL, idempotencyKey: 'f', text: 'x'.repeat(150_000) }), 'f'),
  ],
  [
    'draining a request from the bucket',
    async (stack) => isDrained(stack, await drain(stack, await store(stack, 'g')), 'g'),
  ],
  ['dead-lettering a request', async (stack) => JSON.stringify(await drain(stack, { version: 2 })) === DRAINED],
  ['receiving the outbox', receiveOutbox],
  ['releasing what has waited', releaseWaiting],
  ['giving up on a silent transmission', giveUp],
  ['releasing a mailbox whose grant was mended', releaseMended],
  ['settling a large mail by the copy that a poll sees', settleSeen],
  ['counting what the owner of the mailbox sends', countElsewhere],
  ['looking for the copy of a large mail with a token that died', settleFound],
  ['reporting a mail of which nobody knows whether it was sent', reportUncertain],
  ['routing a reply with a token that died', routeAfterExpiry],
  ['dropping a repeat', async (stack) => polled(await stack.invoke('PollRepliesFunction', {}), 0)],
  ['dead-lettering a mail that cannot be parsed', async (stack) => route(stack, NESTED, 'r2', 1)],
  ['leaving a mailbox alone that refuses to be read', leaveAlone],
  ['reading more than fifty mailboxes', readSlices],
  ['replaying replies', replay],
  ['running the schedules', runSchedules],
  ['making a token whose secret was about to be deleted', restoreToken],
  ['telling that a mailbox needs a person', tellPeople],
  ['revoking a grant', revoke],
  ['adopting a new refresh token', adoptRefreshToken],
];

const DRAINED = '{"outcome":{"batchItemFailures":[]}}';
const NESTED = Array.from(
  { length: 300 },
  (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
).join('');

type Answer = Awaited<ReturnType<TestStack['invoke']>>;

const isSent = ({ outcome, ...rest }: Answer) => outcome?.kind === 'sent' || { outcome, rest };
const refreshed = ({ outcome }: Answer) =>
  (outcome?.refreshed === 1 && JSON.stringify(outcome.failures) === '[]') || outcome;
const polled = ({ outcome }: Answer, routed: number) =>
  (outcome?.routed === routed && JSON.stringify(outcome.failures) === '[]') || outcome;

async function replaceToken(stack: TestStack): Promise<unknown> {
  await stack.passPace();
  const { VersionId: refused } = await stack.secrets.send(
    new GetSecretValueCommand({ SecretId: 'Mailroom/access-tokens/support' }),
  );
  const { outcome } = await stack.invoke('RefreshTokensFunction', { mailbox: 'support', refused });
  return outcome?.kind === 'refreshed' || outcome;
}

async function afterExpiry<T>(stack: TestStack, act: () => Promise<T>): Promise<T> {
  stack.google.account(SUPPORT.address).expireAccessTokens();
  return act();
}

async function store(stack: TestStack, idempotencyKey: string): Promise<object> {
  const requestObject = `requests/${idempotencyKey}.json`;
  const Body = JSON.stringify({ ...MAIL, idempotencyKey });
  await stack.s3.send(new PutObjectCommand({ Bucket: stack.output('MailBucket'), Key: requestObject, Body }));
  return { version: 1, mailbox: 'support', idempotencyKey, requestObject };
}

function drain(stack: TestStack, body: object): Promise<Answer> {
  const record = { messageId: 'm', body: JSON.stringify(body), attributes: { MessageGroupId: 'support' } };
  return stack.invoke('DrainOutboxFunction', { Records: [record] });
}

async function isDrained(stack: TestStack, answer: Answer, key: string): Promise<unknown> {
  return (JSON.stringify(answer) === DRAINED && (await stack.item(key))?.state === 'sent') || answer;
}

async function receiveOutbox(stack: TestStack): Promise<unknown> {
  await stack.enqueue(JSON.stringify({ ...MAIL, idempotencyKey: 'h' }), 'support', 'h');
  await stack.aws.idle();
  return (await stack.item('h'))?.state === 'sent';
}

async function releaseWaiting(stack: TestStack): Promise<unknown> {
  stack.google.faults.smtp({ at: 'MAIL', do: 'cut' });
  await stack.send({ idempotencyKey: 'i' });
  await rewrite(stack, 'i', 'SET dueAt = :now', { ':now': Date.now() });
  const { outcome } = await stack.invoke('ReleaseWaitingFunction', {});
  await stack.aws.idle();
  return (outcome?.released === 1 && (await stack.item('i'))?.state === 'sent') || outcome;
}

async function giveUp(stack: TestStack): Promise<unknown> {
  const values = { ':state': 'transmitting', ':now': Date.now() };
  await rewrite(stack, 'i', 'SET #state = :state, dueAt = :now', values);
  const { outcome } = await stack.invoke('ReleaseWaitingFunction', {});
  return outcome?.unknown === 1 || outcome;
}

/** Its request lies in the bucket, from where it is removed. */
async function leaveUncertain(stack: TestStack, idempotencyKey: string): Promise<void> {
  stack.google.faults.smtp({ at: 'after-dot', do: 'cut' });
  await stack.send({ idempotencyKey, text: 'x'.repeat(150_000) });
}

async function settleSeen(stack: TestStack): Promise<unknown> {
  await leaveUncertain(stack, 'k');
  const { outcome } = await stack.invoke('PollRepliesFunction', {});
  return ((await stack.item('k'))?.state === 'sent' && JSON.stringify(outcome?.failures) === '[]') || outcome;
}

async function countElsewhere(stack: TestStack): Promise<unknown> {
  const raw = `From: ${SUPPORT.address}\r\nTo: ${ADA}\r\nMessage-ID: <by.hand@mail.gmail.com>\r\n\r\nHello\r\n`;
  stack.google.account(SUPPORT.address).deliver(raw, { labels: ['\\Sent'], asIs: true });
  const { outcome } = await stack.invoke('PollRepliesFunction', {});
  return JSON.stringify(outcome?.failures) === '[]' || outcome;
}

async function settleFound(stack: TestStack): Promise<unknown> {
  await leaveUncertain(stack, 'l');
  await rewrite(stack, 'l', 'SET dueAt = :now', { ':now': Date.now() });
  stack.google.account(SUPPORT.address).expireAccessTokens();
  const { outcome } = await stack.invoke('ReleaseWaitingFunction', {});
  return (outcome?.found === 1 && JSON.stringify(outcome.failures) === '[]') || outcome;
}

async function reportUncertain(stack: TestStack): Promise<unknown> {
  stack.google.setSentCopyLag(2 ** 40);
  await leaveUncertain(stack, 'm');
  await rewrite(stack, 'm', 'SET dueAt = :now, sentAgain = :often', { ':now': Date.now(), ':often': 9 });
  const { outcome } = await stack.invoke('ReleaseWaitingFunction', {});
  return outcome?.reported === 1 || outcome;
}

async function releaseMended(stack: TestStack): Promise<unknown> {
  const refused = { reply: '534 5.7.14 Please log in via your web browser - gsmtp' };
  stack.google.faults.smtp({ at: 'AUTH', do: refused, times: 2 });
  await stack.send({ idempotencyKey: 'j' });
  stack.google.faults.clear();
  const token = await stack.secrets.send(new GetSecretValueCommand({ SecretId: 'Mailroom/access-tokens/support' }));
  await stack.invoke('RefreshTokensFunction', { mailbox: 'support', refused: token.VersionId });
  await rewrite(stack, 'j', 'SET dueAt = :now', { ':now': Date.now() });
  const { outcome } = await stack.invoke('ReleaseWaitingFunction', {});
  await stack.aws.idle();
  return (outcome?.released === 1 && (await stack.item('j'))?.state === 'sent') || outcome;
}

async function rewrite(
  stack: TestStack,
  key: string,
  UpdateExpression: string,
  ExpressionAttributeValues: Record<string, unknown>,
): Promise<void> {
  const names = UpdateExpression.includes('#state') ? { ExpressionAttributeNames: { '#state': 'state' } } : {};
  const Key = { key: (await stack.item(key))?.key };
  await stack.db.send(
    new UpdateCommand({
      TableName: stack.output('MessagesTable'),
      Key,
      UpdateExpression,
      ExpressionAttributeValues,
      ...names,
    }),
  );
}

async function route(stack: TestStack, body: string, id: string, routed: number): Promise<unknown> {
  const question = (await stack.item('a'))?.messageId;
  const headers = `From: ${ADA}\r\nTo: ${SUPPORT.address}\r\nMessage-ID: <${id}@customer.example>\r\nIn-Reply-To: ${question}\r\n`;
  stack.google.account(SUPPORT.address).deliver(`${headers}${body.startsWith('Content') ? '' : '\r\n'}${body}`);
  return polled(await stack.invoke('PollRepliesFunction', {}), routed);
}

/** The first poll holds an older token, and finds that a newer one was made just now, which has died too. */
async function routeAfterExpiry(stack: TestStack): Promise<unknown> {
  stack.google.account(SUPPORT.address).expireAccessTokens();
  await stack.invoke('PollRepliesFunction', {});
  return route(stack, 'an answer', 'r1', 1);
}

async function leaveAlone(stack: TestStack): Promise<unknown> {
  const overQuota = { reply: 'NO [OVERQUOTA] Account exceeded bandwidth limits.' };
  stack.google.faults.imap({ at: 'credentials', do: overQuota });
  await stack.invoke('PollRepliesFunction', {});
  const { outcome } = await stack.invoke('PollRepliesFunction', {});
  await stack.passReadingTime();
  return JSON.stringify(outcome?.held) === '[{"mailbox":"support","code":"BANDWIDTH_EXCEEDED"}]' || outcome;
}

async function readSlices(stack: TestStack): Promise<unknown> {
  const ids = Array.from({ length: 50 }, (_, index) => `box-${index}`);
  const TableName = stack.output('MailboxesTable');
  for (const id of ids) {
    const profile = { registry: 'profile', id, address: `${id}@shop.example`, plan: 'workspace', protocol: 'imap' };
    await stack.db.send(new PutCommand({ TableName, Item: { key: `${id}#profile`, ...profile } }));
  }
  const { outcome } = await stack.invoke('PollRepliesFunction', {});
  for (const id of ids) await stack.db.send(new DeleteCommand({ TableName, Key: { key: `${id}#profile` } }));
  return outcome?.slices === 1 || outcome;
}

async function replay(stack: TestStack): Promise<unknown> {
  const since = Date.now() - 3_600_000;
  const { outcome } = await stack.invoke('AuditRepliesFunction', { replay: { mailbox: 'support', since } });
  return Number(outcome?.routed) > 0 || outcome;
}

async function runSchedules(stack: TestStack): Promise<unknown> {
  for (const name of [
    'RefreshTokensFunction',
    'ReleaseWaitingFunction',
    'PollRepliesFunction',
    'AuditRepliesFunction',
  ]) {
    const { functionError } = await stack.aws.runSchedule(stack.output(name));
    if (functionError !== undefined) return name;
  }
  return true;
}

async function adoptRefreshToken(stack: TestStack): Promise<unknown> {
  const body = { access_token: 'ya29.new', expires_in: 3599, token_type: 'Bearer', refresh_token: '1//new' };
  stack.google.faults.oauth({ at: 'token', do: { status: 200, body } });
  await replaceToken(stack);
  const { SecretString = '' } = await stack.secrets.send(
    new GetSecretValueCommand({ SecretId: 'Mailroom/grants/support' }),
  );
  return JSON.parse(SecretString).refreshToken === '1//new' || 'the new refresh token was not kept';
}

async function restoreToken(stack: TestStack): Promise<unknown> {
  const SecretId = 'Mailroom/access-tokens/support';
  const { VersionId: refused } = await stack.secrets.send(new GetSecretValueCommand({ SecretId }));
  await stack.secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  const { outcome } = await stack.invoke('RefreshTokensFunction', { mailbox: 'support', refused });
  return outcome?.kind === 'refreshed' || outcome;
}

async function tellPeople(stack: TestStack): Promise<unknown> {
  stack.google.faults.oauth({ at: 'token', do: { status: 400, body: { error: 'invalid_grant' } } });
  await replaceToken(stack);
  // Mailboxes without a grant, of earlier steps, were told of too.
  const told = stack.aws.events().map(({ detail }) => Object(detail).mailbox);
  return told.includes('support') || stack.log.at(-1);
}

async function revoke(stack: TestStack): Promise<unknown> {
  const { outcome } = await stack.invoke('RefreshTokensFunction', { mailbox: 'support', revoke: true });
  return outcome?.kind === 'revoked' || outcome;
}
