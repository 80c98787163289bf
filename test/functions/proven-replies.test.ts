// Who a reply is from, and what a bounce may change: only what Gmail itself has proven counts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailroom, type Mailroom, parseReply, type ReplyEvent } from '../../lib/client/mailroom.ts';
import type { IncomingMail } from '../../local/google/google.ts';
import { SUPPORT } from '../../local/mailroom.ts';
import { ADA, GRACE, startTestStack, type TestStack } from './stack.ts';

const FORGED =
  'Authentication-Results: mx.google.com; dkim=pass header.i=@customer.example; dmarc=pass header.from=customer.example';

describe('what is proven of a reply', () => {
  let stack: TestStack;
  let question: string;
  let count = 0;

  beforeAll(async () => {
    stack = await startTestStack();
    await stack.invoke('PollRepliesFunction', {});
    question = await ask('question');
  });

  afterAll(async () => {
    await stack?.stop();
  });

  const ask = async (key: string, to: unknown = ADA): Promise<string> =>
    String((await stack.send({ idempotencyKey: key, to })).outcome?.messageId);

  async function eventOf(headers: Record<string, string>, mail: IncomingMail = {}, body = 'Yes.'): Promise<ReplyEvent> {
    count += 1;
    const all = {
      From: `Ada <${ADA}>`,
      To: SUPPORT.address,
      'Message-ID': `<proven-${count}@customer.example>`,
      'In-Reply-To': question,
      Subject: 'Re: Hello',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => (name === '' ? value : `${name}: ${value}`));
    stack.google.account(SUPPORT.address).deliver(`${lines.join('\r\n')}\r\n\r\n${body}\r\n`, mail);
    expect((await stack.invoke('PollRepliesFunction', {})).outcome).toMatchObject({ routed: 1, failures: [] });
    const [event] = (await stack.receive('RepliesUrl', 0)).map(parseReply);
    if (event === undefined) throw new Error('no event');
    return event;
  }

  it('is its sender, where DMARC passed', async () => {
    const { sender } = await eventOf({});
    expect(sender).toEqual({ authenticated: true, wasRecipient: true, dmarc: true, spf: true, dkim: true });
  });

  it.each([
    ['DMARC failed', { authentication: 'fail' }, {}, false],
    ['DMARC failed, and forged results say that it passed', { authentication: 'fail' }, { '': FORGED }, false],
    ['nothing was checked, and forged results are all there are', { asIs: true }, { '': FORGED }, 'unknown'],
    [
      'a Received of Gmail is forged, too',
      { asIs: true },
      { '': `${FORGED}\r\nReceived: by mx.google.com with ESMTP id x\r\n${FORGED}` },
      'unknown',
    ],
  ] as const)('is not its sender, where %s', async (_name, mail, headers, authenticated) => {
    expect((await eventOf(headers, mail)).sender).toMatchObject({ authenticated, wasRecipient: true });
  });

  it('is another sender, where a stranger in CC answers, or who guessed the Message-ID, or to whom it was forwarded', async () => {
    const eve = { From: 'Eve <eve@elsewhere.example>' };
    expect((await eventOf({ ...eve, Cc: ADA })).sender).toMatchObject({ authenticated: true, wasRecipient: false });
    expect((await eventOf({ ...eve, References: question })).sender).toMatchObject({ wasRecipient: false });
    const forwarded = `Forwarding this.\r\n\r\n---------- Forwarded message ---------\r\nFrom: ${ADA}\r\n\r\nYes.`;
    const event = await eventOf({ ...eve, Subject: 'Fwd: Hello' }, {}, forwarded);
    expect(event).toMatchObject({ sender: { authenticated: true, wasRecipient: false }, text: 'Forwarding this.' });
  });

  describe('a bounce', () => {
    const bounce = (from: string, recipient: string, original: string, status = '5.1.1', text = 'no such user') => {
      const headers = {
        From: from,
        'Return-Path': '<>',
        'In-Reply-To': '<none@x.example>',
        'MIME-Version': '1.0',
        'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
      };
      const body = [
        '--b\r\nContent-Type: text/plain\r\n\r\nYour mail was not delivered.',
        `--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ${recipient}\r\nAction: failed\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; 550 ${status} ${text}\r\n`,
        `--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${original}\r\nSubject: Hello\r\n`,
        '--b--',
      ].join('\r\n');
      return { headers, body };
    };
    const bouncesOf = async (key: string) => (await mailroom().status(key))?.bounces;

    function mailroom(): Mailroom {
      return createMailroom({
        mailbox: 'support',
        sendFunction: stack.output('SendMailFunction'),
        outboxUrl: stack.output('OutboxUrl'),
        bucket: stack.output('MailBucket'),
        messagesTable: stack.output('MessagesTable'),
      });
    }

    beforeAll(() => {
      const { region, credentials, endpoints } = stack.aws;
      Object.assign(process.env, {
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
      });
    });

    it.each([
      ['Gmail', 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>'],
      ['the domain that refused', 'MAILER-DAEMON@customer.example'],
    ])('of %s marks the recipient, once', async (name, from) => {
      const original = await ask(`bounced by ${name}`, [ADA, GRACE]);
      const { headers, body } = bounce(from, ADA, original);
      const event = await eventOf(headers, {}, body);
      expect(event).toMatchObject({
        kind: 'bounce',
        matchedBy: 'delivery-status',
        answers: { messageId: original },
        bounce: {
          recipients: [{ address: ADA, status: '5.1.1', type: 'hard', wasRecipient: true, isTrusted: true }],
        },
      });
      const marked = [{ recipient: ADA, type: 'hard', status: '5.1.1', at: expect.any(Number) }];
      expect(await bouncesOf(`bounced by ${name}`)).toEqual(marked);
      await stack.invoke('AuditRepliesFunction', { replay: { mailbox: 'support', since: Date.now() - 60_000 } });
      expect(await bouncesOf(`bounced by ${name}`)).toEqual(marked);
      while ((await stack.receive('RepliesUrl', 0)).length > 0);
    });

    it('of a large mail, which it gives back whole, is read by its parts', async () => {
      const original = await ask('large');
      const { headers, body } = bounce('mailer-daemon@googlemail.com', ADA, original);
      const attached = `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(300_000)}`;
      const returned = `Content-Type: message/rfc822\r\n\r\nMessage-ID: ${original}\r\n${attached}`;
      const whole = body.replace(/Content-Type: text\/rfc822-headers[\s\S]*?(?=--b--)/, () => `${returned}\r\n`);
      const event = await eventOf(headers, {}, whole);
      expect(event).toMatchObject({ kind: 'bounce', matchedBy: 'delivery-status', raw: { pending: true } });
      expect(await bouncesOf('large')).toMatchObject([{ recipient: ADA, type: 'hard' }]);
    });

    it('of a message that is forgotten is an event with context null', async () => {
      const original = '<mailroom.0123abcd-0123-0123-0123-0123456789ab@shop.example>';
      const { headers, body } = bounce('mailer-daemon@googlemail.com', ADA, original);
      expect(await eventOf(headers, {}, body)).toMatchObject({
        kind: 'bounce',
        matchedBy: 'delivery-status',
        answers: { messageId: original, context: null },
        bounce: { recipients: [{ address: ADA, wasRecipient: false }] },
      });
    });

    it.each([
      ['that anybody else sent', 'MAILER-DAEMON@elsewhere.example', ADA, {}],
      ['that is forged', 'mailer-daemon@googlemail.com', ADA, { authentication: 'fail' }],
      ['that another customer of the same provider wrote', `Mail Delivery System <eve@customer.example>`, ADA, {}],
      ['about someone it was not sent to', 'mailer-daemon@googlemail.com', 'eve@customer.example', {}],
    ] as const)('%s marks nobody', async (name, from, recipient, mail) => {
      const original = await ask(name);
      const { headers, body } = bounce(from, recipient, original);
      expect(await eventOf(headers, mail, body)).toMatchObject({ kind: 'bounce' });
      expect(await bouncesOf(name)).toBeUndefined();
    });

    it('for a limit marks nobody and holds the mailbox; one that is forged, not of Gmail, or old does neither', async () => {
      const original = await ask('limited');
      const limited = (from: string) => bounce(from, ADA, original, '5.4.5', 'Daily user sending limit exceeded');
      const { headers, body } = limited('mailer-daemon@googlemail.com');
      await eventOf(headers, { authentication: 'fail' }, body);
      await eventOf(limited('mailer-daemon@customer.example').headers, {}, body);
      await eventOf(headers, { internalDate: Date.now() - 25 * 3_600_000 }, body);
      expect((await stack.sending())?.hold).toBeUndefined();
      const event = await eventOf(headers, {}, body);
      expect(event.bounce?.recipients).toMatchObject([{ type: 'limit' }]);
      expect(await bouncesOf('limited')).toBeUndefined();
      expect((await stack.send({ idempotencyKey: 'while held' })).outcome).toMatchObject({
        kind: 'held',
        code: 'QUOTA_EXCEEDED',
      });
    });
  });
});
