// `mailroom send`, `status` and `replies`: one mail from the command line, its story, and what was answered.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, mailsWith, SALES, startTestStack, type TestStack } from '../functions/stack.ts';
import { type Ended, type RunOptions, runMailroom, startMailroom } from './run-mailroom.ts';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailroom-'));
  stack = await startTestStack({ mailboxes: [SUPPORT, SALES] });
  await stack.invoke('RefreshTokensFunction', {});
  await stack.invoke('PollRepliesFunction', {});
});

beforeEach(async () => {
  stack.google.faults.clear();
  await stack.passTime();
});

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], options?: RunOptions): Promise<Ended> => runMailroom(stack, args, options);
const send = (args: readonly string[], options?: RunOptions) => run(['send', 'support', '--to', ADA, ...args], options);

describe('send', () => {
  it('shows the key that it made before anything is sent, the outcome, and what is next', async () => {
    const { exitCode, stdout, stderr } = await send(['--subject', 'Hi', '--text', 'of the command line.']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^sent\n250 .*\nMessage-ID <mailroom\./);
    const [, key = ''] = /^idempotency key: ([\w-]{36})$/m.exec(stderr) ?? [];
    expect(stderr).toContain(`npx mailroom status ${key}`);
    expect(await stack.item(key)).toMatchObject({ state: 'sent' });
    expect(mailsWith(stack, ADA, 'of the command line.')).toHaveLength(1);
  });

  it('sends all that it was given, text from standard input and files too, and replays it under its key', async () => {
    const [html, file] = [join(folder, 'mail.html'), join(folder, 'note.txt')];
    await writeFile(html, '<p>in html</p>');
    await writeFile(file, 'what is attached');
    const args = ['--cc', GRACE, '--subject', 'All of it', '--text-file', '-', '--html-file', html, '--attach', file];
    const more = ['--key', 'all of it', '--context', '{"order": 4711}', '--automatic', '--json'];
    const input = 'text from a pipe';
    const first = await send([...args, ...more], { input });
    expect(first.json()).toMatchObject([{ kind: 'sent', idempotencyKey: 'all of it' }]);
    expect(first.stderr).toBe('');
    const [raw = ''] = mailsWith(stack, GRACE, 'All of it');
    for (const part of ['text from a pipe', '<p>in html</p>', 'note.txt', 'Auto-Submitted: auto-replied']) {
      expect(raw).toContain(part);
    }
    expect(await stack.item('all of it')).toMatchObject({ recipients: [ADA, GRACE], context: '{"order":4711}' });
    const again = await send([...args, ...more], { input });
    expect(again.json()).toMatchObject([{ kind: 'replayed', saved: { kind: 'sent' } }]);
    expect(again.exitCode).toBe(0);
    expect(mailsWith(stack, ADA, 'All of it')).toHaveLength(1);
  });

  it('goes through the outbox, or waits for its time', async () => {
    const mail = ['--subject', 'Queued', '--text', 'by the queue.'];
    const queued = await send([...mail, '--key', 'queued', '--queue', '--json']);
    expect([queued.exitCode, queued.json()]).toEqual([0, [{ kind: 'enqueued', idempotencyKey: 'queued' }]]);
    await stack.aws.idle();
    expect(await stack.item('queued')).toMatchObject({ state: 'sent' });
    const scheduled = await send([...mail, '--key', 'later', '--send-at', '2h', '--json']);
    expect([scheduled.exitCode, scheduled.json()[0]?.kind]).toEqual([0, 'scheduled']);
    expect(Number(scheduled.json()[0]?.dueAt) - Date.now()).toBeGreaterThan(7_100_000);
    const asked = await run(['status', 'later']);
    expect(asked.stdout).toMatch(/next +It is sent at its time: .* UTC \(in 2 h\)/);
  });

  it.each([
    ['an unknown mailbox', ['send', 'nobody', '--to', ADA, '--subject', 's', '--text', 't'], 1, 'MAILBOX_UNKNOWN'],
    [
      'an address that is none',
      ['send', 'support', '--to', 'ada', '--subject', 's', '--text', 't'],
      1,
      'REQUEST_INVALID',
    ],
    ['no recipient', ['send', 'support', '--subject', 's', '--text', 't'], 1, 'REQUEST_INVALID'],
    ['a file that is not there', ['send', 'support', '--to', ADA, '--subject', 's', '--text-file', '/no'], 2, 'USAGE'],
    [
      'a time that is none',
      ['send', 'support', '--to', ADA, '--subject', 's', '--text', 't', '--send-at', 'soon'],
      2,
      'USAGE',
    ],
    [
      'a context that is no JSON',
      ['send', 'support', '--to', ADA, '--subject', 's', '--text', 't', '--context', '{'],
      2,
      'USAGE',
    ],
  ])('refuses %s', async (_name, args, exitCode, code) => {
    const refused = await run([...args, '--json']);
    expect([refused.exitCode, refused.stderr]).toEqual([exitCode, '']);
    expect(refused.json()).toMatchObject([{ error: { code, cure: expect.any(String) } }]);
  });

  it('says to a person what was wrong and what to do, and nothing on standard output', async () => {
    const refused = await run(['send', 'nobody', '--to', ADA, '--subject', 's', '--text', 't']);
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(
      /MAILBOX_UNKNOWN: .*not connected.*\ndocs\/troubleshooting\.md has MAILBOX_UNKNOWN\n$/,
    );
  });

  it('ends at once at Ctrl-C, and the key that it has shown tells what became of the mail', async () => {
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    stack.google.faults.smtp({
      at: 'dot',
      get do() {
        resolve();
        return 'stall' as const;
      },
    });
    const mail = ['--to', ADA, '--subject', 's', '--text', 't', '--key', 'interrupted'];
    const sending = startMailroom(stack, ['send', 'support', ...mail]);
    await sending.waitFor(/idempotency key: interrupted/);
    await goOn;
    sending.interrupt();
    const { exitCode, stdout, stderr } = await sending.ended;
    expect([exitCode, stdout]).toEqual([130, '']);
    expect(stderr).toContain('INTERRUPTED');
    const [story] = (await run(['status', 'interrupted', '--json'])).json();
    expect(story).toMatchObject({ state: 'transmitting' });
    stack.aws.killFunction(stack.output('SendMailFunction'));
  });

  it('ends with 1 where it was refused for good, and says so', async () => {
    stack.google.faults.smtp({ at: 'RCPT', do: { reply: '550 5.1.1 No such user. - gsmtp' } });
    const { exitCode, stdout } = await send(['--subject', 's', '--text', 't', '--key', 'refused']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^failed\nRECIPIENT_REFUSED\n550 5\.1\.1 No such user/);
  });
});

describe('status', () => {
  it("tells a sent message's story, in whichever mailbox it is", async () => {
    await stack.send({ idempotencyKey: 'story', mailbox: 'sales', to: [ADA, GRACE] });
    const { exitCode, stdout } = await run(['status', 'story']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/mailbox +sales\n/);
    expect(stdout).toMatch(/recipients +ada@customer\.example, grace@customer\.example/);
    expect(stdout).toMatch(/next +Nothing: it was sent\./);
    const [json] = (await run(['status', 'story', '--json'])).json();
    const { messageId, sentAt } = (await stack.item('story', 'sales'))?.outcome ?? Object(undefined);
    expect(json).toMatchObject({ state: 'sent', messageId, sentAt, attempts: 1, sentAgain: 0, bounces: [] });
  });

  it('says why a message waits, and what bounced', async () => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });
    await stack.send({ idempotencyKey: 'deferred' });
    const [waiting] = (await run(['status', 'deferred', '--json'])).json();
    expect(waiting).toMatchObject({
      state: 'waiting',
      code: 'SERVER_BUSY',
      next: expect.stringMatching(/^It is tried again/),
    });
    await stack.send({ idempotencyKey: 'bounced' });
    await stack.change('bounced', { bounces: [{ recipient: ADA, type: 'hard', status: '5.1.1', at: Date.now() }] });
    const { stdout } = await run(['status', 'bounced']);
    expect(stdout).toMatch(/bounced +ada@customer\.example: hard 5\.1\.1/);
    expect(stdout).toMatch(/next +It bounced: ask for another address/);
  });

  it.each([
    ['unknown', { state: 'unknown', unknownSince: 1, dueAt: Date.now() + 900_000 }, /its copy is looked for/],
    ['reported', { state: 'unknown', unknownSince: 1, dueAt: undefined }, /look for its Message-ID in the mailbox/],
    ['put aside', { state: 'waiting', code: 'SECRET_MISSING', dueAt: undefined }, /put aside: mend the cause/],
    ['held', { state: 'waiting', code: 'MAILBOX_THROTTLED', dueAt: Date.now() + 60_000 }, /Its mailbox cannot send/],
    ['held by someone', { state: 'waiting', code: 'HELD_BY_OPERATOR', dueAt: Date.now() + 60_000 }, /Someone holds/],
    [
      'released',
      { state: 'waiting', code: 'HELD_BY_OPERATOR', released: true, dueAt: Date.now() + 60_000 },
      /on the outbox again/,
    ],
  ])('says what is next for one that is %s', async (key, { dueAt, ...attributes }, next) => {
    stack.google.faults.smtp({ at: 'MAIL', do: { reply: '451 4.3.0 Temporary System Problem. - gsmtp' } });
    await stack.send({ idempotencyKey: key });
    const item = { ...(await stack.item(key)), ...attributes };
    const Item = Object.fromEntries(Object.entries({ ...item, dueAt }).filter(([, value]) => value !== undefined));
    await stack.db.send(new PutCommand({ TableName: stack.output('MessagesTable'), Item }));
    const [line] = (await run(['status', key, '--json'])).json();
    expect(line).toMatchObject({ state: attributes.state, next: expect.stringMatching(next) });
  });

  it('shows both where two mailboxes have a message of this key, and says so', async () => {
    for (const mailbox of ['support', 'sales']) await stack.send({ idempotencyKey: 'twice', mailbox });
    const both = await run(['status', 'twice']);
    expect(both.stderr).toContain('2 mailboxes have a message of this key');
    const one = await run(['status', 'twice', '--mailbox', 'sales', '--json']);
    expect(one.json().map(({ mailbox }) => mailbox)).toEqual(['sales']);
  });

  it('ends with 1 where there is none', async () => {
    const { exitCode, stdout } = await run(['status', 'never']);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([1, 'no message of this key is known in 2 mailboxes']);
    const json = await run(['status', 'never', '--json']);
    expect([json.exitCode, json.json()[0]?.state]).toEqual([1, null]);
  });
});

describe('replies', () => {
  const answer = (to: string, text: string, headers: Record<string, string> = {}) =>
    [
      `From: "Ada \u001b]0;title\u0007" <${ADA}>`,
      `To: ${SUPPORT.address}`,
      'Subject: Re: Hello',
      `In-Reply-To: ${to}`,
      `Message-ID: <${text.length}.${Math.random()}@customer.example>`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      text,
    ].join('\r\n');
  const deliver = async (raw: string): Promise<void> => {
    stack.google.account(SUPPORT.address).deliver(raw);
    await stack.invoke('PollRepliesFunction', {});
  };
  let question: string;

  beforeAll(async () => {
    const { outcome } = await stack.send({ idempotencyKey: 'question', context: { order: 1 } });
    question = String(outcome?.messageId);
    await deliver(answer(question, 'Yes please.\r\n\r\nOn Monday, Shop wrote:\r\n> Hello Ada'));
  });

  it('shows who answered what, without taking it from its consumer', async () => {
    const { exitCode, stdout, stderr } = await run(['replies']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^reply +support, .* ago\)\nfrom +Ada .*<ada@customer\.example>\n/);
    expect(stdout).not.toContain('\u001b]0;');
    expect(stdout).toMatch(/answers +question\ncontext +\{"order":1\}\n {2}Yes please\.\n/);
    expect(stderr).toContain('1 shown; about 1 wait in the queue, 0 are dead letters');
    expect(await stack.receive('RepliesUrl')).toHaveLength(1);
    expect((await run(['replies', '--json'])).json()).toMatchObject([
      {
        mailbox: 'support',
        kind: 'reply',
        text: 'Yes please.',
        answers: { messageId: question, idempotencyKey: 'question', context: { order: 1 } },
        truncated: false,
      },
      { replies: 1, waiting: 0, dead: 0 },
    ]);
  });

  it('shows the newest only, of one mailbox, since a time', async () => {
    const shown = async (...args: string[]) => (await run(['replies', '--json', ...args])).json().length - 1;
    expect(await shown('--mailbox', 'sales')).toBe(0);
    expect(await shown('--since', '2001-01-01')).toBe(1);
    expect(await shown('--since', new Date(Date.now() + 5_000).toISOString())).toBe(0);
    expect(await shown('--limit', '0')).toBe(0);
    expect((await run(['replies', '--since', 'then'])).exitCode).toBe(2);
  });

  it('reads the first megabyte of a large mail, and says so', async () => {
    const Key = 'raw/support/large.eml';
    const Body = answer(question, `Large.\r\n\r\n${'x'.repeat(76)}\r\n`.padEnd(1_500_000, 'more lines\r\n'));
    await stack.s3.send(new PutObjectCommand({ Bucket: stack.output('MailBucket'), Key, Body }));
    const [reply] = (await run(['replies', '--json', '--limit', '1'])).json();
    expect(reply).toMatchObject({ truncated: true, raw: { key: Key }, answers: { idempotencyKey: 'question' } });
    expect((await run(['replies', '--limit', '1'])).stdout).toContain('only its first megabyte was read');
  });

  it('follows: shows each new one once, and ends with 130 at Ctrl-C', async () => {
    const following = startMailroom(stack, ['replies', '--follow', '--limit', '0']);
    await following.waitFor(/following; Ctrl-C ends it/);
    await deliver(answer(question, 'and then this'));
    await following.waitFor(/and then this/);
    await deliver(answer(question, 'and that'));
    await following.waitFor(/and that/);
    following.interrupt();
    const { exitCode, stdout, stderr } = await following.ended;
    expect(exitCode).toBe(130);
    expect(stdout.match(/and th.*/g)).toEqual(['and then this', 'and that']);
    expect(stderr).toMatch(/2 shown; about \d+ wait in the queue, 0 are dead letters\n$/);
  });
});
