// Every reply of Gmail that is known, word for word, given to a send; and what became of the message and of its mailbox.
// The table is that of lib/core/smtp-reply.ts, with the phase in which Gmail says it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADA, mailsWith, startTestStack, type TestStack } from './stack.ts';

/** The message is settled, waits for itself, or waits because its mailbox is on hold. */
type Action = 'fails' | 'waits' | 'holds its mailbox';

const REPLIES: readonly (readonly [phase: 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'dot', action: Action, reply: string])[] =
  [
    ['MAIL', 'waits', '421 4.3.0 Temporary System Problem.  Try again later (1). - gsmtp'],
    ['MAIL', 'waits', '421 4.4.5 Server busy, try again later. - gsmtp'],
    ['dot', 'waits', '451 4.3.0 Mail server temporarily rejected message. - gsmtp'],
    ['DATA', 'waits', '451 4.4.2 Timeout - closing connection. - gsmtp'],
    ['MAIL', 'holds its mailbox', '421-4.7.0 Try again later, closing connection.\r\n421 4.7.0 - gsmtp'],
    [
      'RCPT',
      'waits',
      '450-4.2.1 The user you are trying to contact is receiving mail at a rate that\r\n450 4.2.1 prevents additional messages. - gsmtp',
    ],
    ['AUTH', 'holds its mailbox', '454 4.7.0 Too many login attempts, please try again later. - gsmtp'],
    ['RCPT', 'waits', '452-4.2.2 The email account that you tried to reach is over quota.\r\n452 4.2.2 - gsmtp'],
    ['RCPT', 'waits', '552 5.2.2 The email account that you tried to reach is over quota and inactive. - gsmtp'],
    ['RCPT', 'fails', '452 4.5.3 Your message has too many recipients. - gsmtp'],
    ['AUTH', 'holds its mailbox', '535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 - gsmtp'],
    ['AUTH', 'holds its mailbox', '535 5.7.1 Username and Password not accepted. - gsmtp'],
    [
      'AUTH',
      'holds its mailbox',
      '534-5.7.9 Please log in with your web browser and then try again.\r\n534 5.7.9 - gsmtp',
    ],
    [
      'AUTH',
      'holds its mailbox',
      '534-5.7.14 Please log in via your web browser and then try again.\r\n534 5.7.14 - gsmtp',
    ],
    ['RCPT', 'fails', '550-5.1.1 The email account that you tried to reach does not exist.\r\n550 5.1.1 - gsmtp'],
    ['RCPT', 'fails', "553 5.1.2 We weren't able to find the recipient domain. - gsmtp"],
    ['RCPT', 'fails', '550 5.2.1 The email account that you tried to reach is disabled. - gsmtp'],
    ['RCPT', 'waits', '550 5.2.1 The user you are trying to contact is receiving mail too quickly. - gsmtp'],
    ['DATA', 'holds its mailbox', '550-5.4.5 Daily user sending limit exceeded.\r\n550 5.4.5 - gsmtp'],
    ['dot', 'holds its mailbox', '550 5.7.1 Daily SMTP relay limit exceeded for customer. - gsmtp'],
    ['dot', 'holds its mailbox', '550-5.7.1 Email quota exceeded.\r\n550 5.7.1 - gsmtp'],
    ['MAIL', 'fails', '550 5.7.0 Mail relay denied. - gsmtp'],
    [
      'dot',
      'fails',
      '550-5.7.1 Our system has detected that this message is likely unsolicited mail.\r\n550 5.7.1 - gsmtp',
    ],
    ['dot', 'fails', "552-5.2.3 Your message exceeded Google's message size limits.\r\n552 5.2.3 - gsmtp"],
    ['MAIL', 'fails', "552-5.3.4 Your message exceeded Google's message size limits.\r\n552 5.3.4 - gsmtp"],
    ['DATA', 'fails', '451 4.5.0 SMTP protocol violation, no commands allowed to pipeline after STARTTLS. - gsmtp'],
    ['MAIL', 'fails', '502 5.5.1 Unrecognized command. - gsmtp'],
    ['DATA', 'fails', '503 5.5.1 Bad sequence of commands. - gsmtp'],
    ['RCPT', 'fails', '555 5.5.2 Syntax error, cannot decode response. - gsmtp'],
    ['dot', 'fails', '554 5.6.0 Mail message is malformed. Not accepted. - gsmtp'],
    ['dot', 'waits', '471 4.9.9 Nobody has seen this before. - gsmtp'],
    ['dot', 'fails', '571 5.9.9 Nobody has seen this before. - gsmtp'],
  ];

const KIND = { fails: 'failed', waits: 'queued', 'holds its mailbox': 'held' } as const;

describe('a send that Gmail answers with', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('RefreshTokensFunction', {});
  });

  beforeEach(async () => {
    stack.google.faults.clear();
    await stack.passTime();
    // Ends the hold that the test before left.
    expect((await stack.send({ idempotencyKey: `before ${randomUUID()}` })).outcome?.kind).toBe('sent');
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const rows = REPLIES.map(([at, action, reply], index) => ({
    at,
    action,
    reply,
    index,
    line: reply.split('\r\n')[0],
  }));

  it.each(rows)('at $at $action: $line', async ({ at, action, reply, index }) => {
    // A refused token is replaced once before the mailbox is given up.
    stack.google.faults.smtp({ at, do: { reply }, times: at === 'AUTH' ? 2 : 1 });
    const key = `answered ${index}`;
    const { outcome } = await stack.send({ idempotencyKey: key, text: `${key}.` });
    stack.google.faults.clear();
    expect(outcome?.kind).toBe(KIND[action]);
    expect(Object((await stack.sending())?.hold).code).toBe(action === 'holds its mailbox' ? outcome?.code : undefined);
    expect(mailsWith(stack, ADA, `${key}.`)).toEqual([]);
    if (action === 'fails') return;
    await stack.passTime();
    await stack.change(key, { dueAt: Date.now() });
    expect((await stack.invoke('ReleaseWaitingFunction', {})).outcome).toMatchObject({ released: 1 });
    await stack.aws.idle();
    expect(mailsWith(stack, ADA, `${key}.`)).toHaveLength(1);
  });
});
