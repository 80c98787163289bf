// `mailroom doctor`: that all is well, and what is wrong with the stack or with whoever asks.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../functions/stack.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';
import { examine, publishWell } from './doctor-fixture.ts';
import { startFaultyServer } from './faulty-server.ts';
import { HOUR_AHEAD, runMailroom, startMailroom } from './run-mailroom.ts';

let stack: TestStack;
let dns: DnsServer;

beforeAll(async () => {
  [stack, dns] = await Promise.all([startTestStack(), startDnsServer()]);
  publishWell(dns, 'shop.example');
  await stack.invoke('PollRepliesFunction', {});
});

afterEach(() => {
  stack.google.setClockSkew(0);
  stack.google.faults.clear();
});

afterAll(async () => {
  await Promise.all([stack?.stop(), dns?.stop()]);
});

const look = (environment: Record<string, string> = {}) => examine(stack, dns, [], { environment });

function as({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }) {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

describe('where all is well', () => {
  it('every check is ok, in the words of a person and as JSON', async () => {
    const page = await readFile(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
    const { exitCode, names, notOk, totals, of } = await look();
    expect(notOk).toEqual([]);
    expect(exitCode).toBe(0);
    expect(totals).toEqual({ ok: 22, warning: 0, trouble: 0, skipped: 0 });
    expect(of('grant', 'support')).toMatchObject({ result: 'ok', what: 'gives tokens, granted today' });
    expect(names).toEqual([...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name));
    const { stdout, exitCode: inWords } = await runMailroom(stack, ['doctor', 'support', '--dns-server', dns.address]);
    expect(inWords).toBe(0);
    expect(stdout).toMatch(/^stack Mailroom\n {2}ok {7}stack: /);
    expect(stdout).toMatch(/\nmailbox support\n {2}ok {7}profile: support@shop\.example, read by IMAP\n/);
    expect(stdout).toMatch(/\n22 ok, 0 with a warning, 0 in trouble, 0 skipped\n$/);
  });

  it('sends no mail, and reads none away', async () => {
    const { counters } = stack.google.account('support@shop.example');
    const before = stack.google.account('support@shop.example').messages().length;
    await look();
    expect(stack.google.account('support@shop.example').messages()).toHaveLength(before);
    expect(counters.imapLogins).toBeGreaterThan(0);
  });
});

describe('who asks', () => {
  it('without any right, is told so: nothing else can be looked at', async () => {
    const { exitCode, of, totals } = await look(as(stack.aws.createIdentity('nobody')));
    expect(exitCode).toBe(3);
    expect(totals).toEqual({ ok: 0, warning: 0, trouble: 1, skipped: 0 });
    expect(of('stack')).toMatchObject({
      result: 'trouble',
      what: 'it could not be looked at: AWS_DENIED',
      cause: expect.stringContaining('cloudformation:DescribeStacks'),
      cure: expect.stringContaining('OperatePolicyArn'),
    });
  });

  it('with the right to see the stack alone, is told of each right that is missing', async () => {
    const statement = {
      Effect: 'Allow',
      Action: ['cloudformation:DescribeStacks', 'cloudformation:ListStacks'],
      Resource: '*',
    };
    const { exitCode, of } = await look(as(stack.aws.createIdentity('onlooker', [statement])));
    expect(exitCode).toBe(4);
    expect(of('outbox')).toMatchObject({ result: 'trouble', cause: expect.stringContaining('sqs:GetQueueAttributes') });
    expect(of('mailboxes')).toMatchObject({ result: 'trouble', cause: expect.stringContaining('dynamodb:Query') });
  });

  it('with a clock that goes an hour ahead, is told so by both servers', async () => {
    const { exitCode, of } = await look(HOUR_AHEAD);
    expect(exitCode).toBe(4);
    expect(of('clock')).toMatchObject({
      result: 'trouble',
      what: 'clock off: this machine is 60 minutes ahead of AWS, and 60 minutes ahead of the OAuth server',
      cause: 'the clock of this machine is wrong',
      cure: 'set it by NTP',
    });
  });
});

describe('a call that is not repeated', () => {
  it('is signed with the time of AWS, which refuses another: the first answer of AWS told it', async () => {
    const lambda = await startFaultyServer('fail');
    const begun = Date.now();
    await look({ ...HOUR_AHEAD, AWS_ENDPOINT_URL_LAMBDA: lambda.url });
    await lambda.stop();
    expect(lambda.signedAt).toHaveLength(1);
    expect(Math.abs((lambda.signedAt[0] ?? 0) - begun)).toBeLessThan(300_000);
  });
});

describe('an endpoint', () => {
  it('of AWS that nobody answers at: the stack cannot be reached', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = urlOf(server);
    server.close();
    await once(server, 'close');
    const { exitCode, of } = await look({ AWS_ENDPOINT_URL_CLOUDFORMATION: url });
    expect(exitCode).toBe(3);
    expect(of('stack')).toMatchObject({ result: 'trouble', what: 'it could not be looked at: AWS_UNREACHABLE' });
  });

  it('of AWS that takes connections and is silent costs ten seconds and no more', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    stack.google.faults.smtp({ at: 'greeting', do: 'stall' });
    const [withoutSecrets, withoutStacks, withoutSmtp] = await Promise.all([
      look({ AWS_ENDPOINT_URL_SECRETS_MANAGER: urlOf(server) }),
      look({ AWS_ENDPOINT_URL_CLOUDFORMATION: urlOf(server) }),
      look(),
    ]);
    expect(withoutSecrets.exitCode).toBe(4);
    expect(withoutSecrets.of('grant', 'support')).toMatchObject({ what: 'no answer within 10 seconds' });
    expect(withoutSecrets.of('send-login', 'support')).toMatchObject({ result: 'skipped' });
    expect(withoutSecrets.of('polls', 'support')).toMatchObject({ result: 'ok' });
    expect(withoutSmtp.notOk).toEqual(['support send-login warning']);
    expect(withoutStacks.exitCode).toBe(3);
    expect(withoutStacks.of('stack')).toMatchObject({ what: 'it could not be looked at: AWS_UNREACHABLE' });
    server.close();
  });

  it('that is silent is not waited for after Ctrl-C', async () => {
    stack.google.faults.imap({ at: 'greeting', do: 'stall' });
    const { interrupt, ended, waitFor } = startMailroom(stack, ['doctor', '--json', '--dns-server', dns.address]);
    await waitFor(/"mailboxes"/);
    interrupt();
    // It was not looked at to the end: nothing of the mailbox, and no totals.
    expect(await ended).toMatchObject({ exitCode: 130, stdout: expect.not.stringMatching(/"read-login"|"totals"/) });
  });

  it('of Google whose clock is off is named, and this machine is not blamed', async () => {
    stack.google.setClockSkew(-600_000);
    expect((await look()).of('clock')).toMatchObject({
      result: 'trouble',
      what: 'clock off: this machine is 10 minutes ahead of the OAuth server',
      cause: expect.stringContaining('AWS agrees with this machine'),
    });
  });
});

describe('around the mailbox', () => {
  it('dead letters are a warning, with the command that replays them', async () => {
    const QueueUrl = stack.output('OutboxDeadUrl');
    const letter = { QueueUrl, MessageBody: '{}', MessageGroupId: 'support', MessageDeduplicationId: 'one' };
    await stack.sqs.send(new SendMessageCommand(letter));
    const { exitCode, of } = await look();
    expect(exitCode).toBe(0);
    expect(of('outbox')).toMatchObject({
      result: 'warning',
      what: '1 dead letter; 0 wait in the queue',
      command: 'npx mailroom redrive --queue outbox',
    });
    expect(await stack.receive('OutboxDeadUrl')).toHaveLength(1);
  });

  it('another stack with the same mailbox is named; one that is closed to the person, too', async () => {
    const outputs = (MailboxesTable: string) => ({ MailboxesTable, SendMailFunction: 'other', OutboxUrl: 'other' });
    stack.aws.addStack({ name: 'Twin', outputs: outputs(stack.output('MailboxesTable')) });
    const { of } = await examine(stack, dns, ['--stack', stack.aws.stackName]);
    expect(of('other-stack', 'support')).toMatchObject({
      result: 'warning',
      what: 'another stack has the same mailbox: Twin',
    });
    stack.aws.addStack({ name: 'Closed', outputs: outputs('elsewhere') });
    const withClosed = await examine(stack, dns, ['--stack', stack.aws.stackName]);
    expect(withClosed.of('other-mailrooms')).toMatchObject({
      result: 'warning',
      what: 'another Mailroom is not open to you: Closed',
      cause: expect.stringContaining('your rights'),
    });
    const everything = as(stack.aws.createIdentity('all of it', [{ Effect: 'Allow', Action: '*', Resource: '*' }]));
    const broken = await examine(stack, dns, ['--stack', stack.aws.stackName], { environment: everything });
    expect(broken.of('other-mailrooms')).toMatchObject({
      result: 'warning',
      what: 'another Mailroom could not be looked into: Closed',
      cause: expect.stringContaining('ResourceNotFoundException'),
    });
  });

  it('an unknown mailbox, and an id that is none', async () => {
    const { exitCode, of } = await examine(stack, dns, ['nobody', '--stack', stack.aws.stackName]);
    expect(exitCode).toBe(4);
    expect(of('profile', 'nobody')).toMatchObject({ result: 'trouble', what: 'MAILBOX_UNKNOWN' });
    expect(of('grant', 'nobody')).toMatchObject({
      result: 'skipped',
      what: 'because the check profile did not pass',
    });
    expect((await runMailroom(stack, ['doctor', 'No Body', '--json'])).exitCode).toBe(2);
    const ended = await runMailroom(stack, ['doctor', '--json', '--dns-server', 'localhost']);
    expect(ended.json()).toMatchObject([{ error: { code: 'USAGE' } }]);
  });
});

function urlOf(server: ReturnType<typeof createServer>): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listens on no port');
  return `http://127.0.0.1:${address.port}`;
}
