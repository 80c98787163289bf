// A bounce names its recipients and gives our mail back; what only quotes one is none. Whole bounces: test/corpus/bounces.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDeliveryStatus } from '../../lib/mime/delivery-status.ts';
import { readMail } from '../../lib/mime/mail-content.ts';
import type { MailPart, ParsedMail } from '../../lib/mime/mail-parts.ts';
import { processorMs } from '../processor-time.ts';

const REPORT = {
  'content-type': 'multipart/report; report-type=delivery-status; boundary=b',
  from: 'MAILER-DAEMON@mx.example',
};
const fields = (...lines: string[]): MailPart => ({
  mimeType: 'message/delivery-status',
  content: `Reporting-MTA: dns; mx.example\r\n\r\n${lines.join('\r\n')}`,
});
const read = (headers: Record<string, string>, text = '', parts: readonly MailPart[] = []) =>
  readDeliveryStatus({
    headers: Object.entries(headers).map(([key, value]) => ({ key, value })),
    text,
    parts,
  } satisfies ParsedMail);
const reported = (...lines: string[]) =>
  read(REPORT, '', [fields('Final-Recipient: rfc822; ada@x.example', ...lines)])?.recipients[0];
const daemon = (text: string, subject = 'Undelivered Mail Returned to Sender') =>
  read({ from: 'MAILER-DAEMON@mx.example', to: 'support@shop.example', subject }, text);

describe('a report', () => {
  it.each([
    ['its status', 'Action: failed\nStatus: 5.1.1', '5.1.1', 'hard'],
    ['a full mailbox as one that may empty', 'Action: failed\nStatus: 5.2.2', '5.2.2', 'soft'],
    ['a delay as no failure', 'Action: delayed\nStatus: 4.4.1', '4.4.1', 'soft'],
    ['a delay with a permanent status as no failure', 'Action: delayed\nStatus: 5.0.0', '5.0.0', 'soft'],
    [
      "the server's own code over 5.0.0",
      'Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 x',
      '5.1.1',
      'hard',
    ],
    [
      "the server's own code over 4.0.0",
      'Action: failed\nStatus: 4.0.0\nDiagnostic-Code: smtp; 550-5.1.1 x\n 550 5.1.1 y',
      '5.1.1',
      'hard',
    ],
    [
      'a status over a code that says less',
      'Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.0.0 x',
      '5.1.1',
      'hard',
    ],
    [
      'text where 5.0.0 says nothing',
      'Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 554 mailbox is full',
      '5.0.0',
      'soft',
    ],
    [
      'no IP address as a code',
      'Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; host 5.1.1.9 says no',
      '5.7.1',
      'hard',
    ],
    [
      'no version as a code',
      'Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; Exim 4.96.1 says no',
      '5.7.1',
      'hard',
    ],
    ["the mailbox's own limit by its code", 'Action: failed\nStatus: 5.4.5', '5.4.5', 'limit'],
    [
      "the mailbox's own limit by its words",
      'Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 Daily sending quota exceeded',
      '5.7.1',
      'limit',
    ],
    [
      'no limit of the mailbox, where the server of the recipient speaks of one',
      'Action: failed\nStatus: 5.4.5\nRemote-MTA: dns; mx.google.com.x.example. (192.0.2.1)\nDiagnostic-Code: smtp; 550 5.4.5 Daily sending limit exceeded',
      '5.4.5',
      'soft',
    ],
    [
      "the mailbox's own limit, where a server of Google speaks of it",
      'Action: failed\nStatus: 5.4.5\nRemote-MTA: dns; smtp-relay.l.google.com. (192.0.2.1)\nDiagnostic-Code: smtp; 550 5.4.5 Daily sending limit exceeded',
      '5.4.5',
      'limit',
    ],
    ['a disabled account', 'Action: failed\nStatus: 5.2.1', '5.2.1', 'hard'],
    [
      'an account that gets too much at a time',
      'Action: failed\nStatus: 5.2.1\nDiagnostic-Code: smtp; 550 5.2.1 receiving mail at a rate that prevents',
      '5.2.1',
      'soft',
    ],
    ['no status', 'Action: failed', null, 'hard'],
  ])('is read for %s', (_what, lines, status, type) => {
    expect(reported(...lines.split('\n'))).toMatchObject({ address: 'ada@x.example', status, type });
  });

  it('is read for what the server said, unfolded and without its type', () => {
    expect(
      reported('Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1', '\t<ada@x.example>:  gone')
        ?.diagnostic,
    ).toBe('550 5.1.1 <ada@x.example>: gone');
    expect(reported('Action: failed', 'Status: 5.1.1')?.diagnostic).toBeNull();
  });

  it.each([
    ['Original-Recipient: rfc822; ada@x.example\nFinal-Recipient: rfc822; behind@y.example', 'ada@x.example'],
    ['Original-Recipient: x-unix; /dev/null\nFinal-Recipient: rfc822; ada@x.example', 'ada@x.example'],
    ['Final-Recipient: rfc822; "a b"@x.example', '"a b"@x.example'],
    ['Final-Recipient: rfc822; ada+2B@x.example', 'ada+2B@x.example'],
    ['Final-Recipient: rfc822; ada+2Btag+40x.example', 'ada+tag@x.example'],
    ['Final-Recipient: utf-8; \\x{4E2D}@x.example', '中@x.example'],
    ['Final-Recipient: utf-8; a\\x{D800}\\x{FFFFFF}@x.example', 'a\ufffd\ufffd@x.example'],
    ['Final-Recipient: rfc822; ada@x.example (Ada)', 'ada@x.example'],
  ])('names %j', (lines, address) => {
    expect(read(REPORT, '', [fields(...lines.split('\n'), 'Status: 5.1.1')])?.recipients).toMatchObject([{ address }]);
  });

  it('without recipients is a bounce of nobody', () => {
    expect(read(REPORT, 'Sorry.', [fields('Action: failed')])).toEqual({ recipients: [], messageIds: [] });
  });

  it('of another type is no bounce', () => {
    const headers = {
      ...REPORT,
      from: 'ada@x.example',
      'content-type': 'multipart/report; report-type=disposition-notification',
    };
    expect(
      read(headers, 'It was displayed.', [{ mimeType: 'message/disposition-notification', content: '' }]),
    ).toBeUndefined();
  });
});

describe('a notice in prose', () => {
  it.each([
    [
      'the recipient, not the mailbox it came to',
      'Your message from support@shop.example could not be delivered to ada@x.example.',
      ['ada@x.example'],
    ],
    [
      'whom a transcript names as recipient, not as sender',
      '... while talking to mx.x.example.:\n>>> MAIL From:<bounces@esp.example>\n<<< 250 ok\n>>> RCPT To:<ada@x.example>\n<<< 550 5.1.1 gone',
      ['ada@x.example'],
    ],
    [
      'no Message-ID',
      'X-Original-Message-ID: <m@y.example>\nCould not be delivered to the address <ada@x.example>',
      ['ada@x.example'],
    ],
    ['no postmaster', 'ada@x.example: user unknown\n\nFor help write to\npostmaster@mx.example', ['ada@x.example']],
    [
      'nobody that the returned mail names',
      '<ada@x.example>: user unknown\n\n--- Below this line is a copy of the message.\n\nbob@x.example: see you',
      ['ada@x.example'],
    ],
    [
      'everybody',
      'Could not be delivered to:\n\n  ada@x.example\n  bob@x.example\n',
      ['ada@x.example', 'bob@x.example'],
    ],
    ['each once', '<ada@x.example>: user unknown\n\n<ADA@x.example>: user unknown\n', ['ada@x.example']],
  ])('is read for %s', (_what, text, addresses) => {
    expect(daemon(text)?.recipients.map(({ address }) => address)).toEqual(addresses);
  });

  it.each([
    ['the only one', 'To: Ada <ada@x.example>', ['ada@x.example']],
    ['one of several', 'To: ada@x.example,\n bob@x.example', []],
    ['one of To and Cc', 'To: ada@x.example\nCc: bob@x.example', []],
  ])('that names nobody is about whom the copy was for, where that is %s', (_what, to, addresses) => {
    const text = `User unknown.\n\n--- Below this line is a copy of the message.\n\nSubject: Hi\n${to}\nMessage-ID: <m@shop.example>\n\nTo: eve@x.example`;
    expect(daemon(text)?.recipients.map(({ address }) => address)).toEqual(addresses);
  });

  it('does not blame who else stands in the To of the mail', () => {
    const text =
      'Your message\n\n  To: bob@x.example\n  Subject: Hi\n\ndid not reach:\n\nada@x.example on Monday\n  unknown';
    expect(daemon(text)?.recipients.map(({ address }) => address)).toEqual(['ada@x.example']);
  });

  it('from a mail server that reports no failure is no bounce', () => {
    expect(daemon('Your mailbox has 10 new mails. See https://mx.example/', 'Weekly summary')).toBeUndefined();
  });

  it('from a person is no bounce', () => {
    const text = "I'm afraid I wasn't able to deliver your message.\n<ada@x.example>:\n550 5.1.1 User unknown";
    const headers = { from: 'Bob <bob@x.example>', 'return-path': '<bob@x.example>', subject: 'Mail delivery failed' };
    expect(read(headers, text, [fields('Final-Recipient: rfc822; ada@x.example', 'Status: 5.1.1')])).toBeUndefined();
  });

  it('of a null sender needs a subject that says so', () => {
    const headers = { from: 'Bob <bob@x.example>', 'return-path': '<>' };
    const text = 'Mail to ada@x.example is not delivered any more: 550 5.1.1';
    expect(read({ ...headers, subject: 'Re: Hi' }, text)).toBeUndefined();
    expect(read({ ...headers, subject: 'Undeliverable: Hi' }, text)?.recipients).toHaveLength(1);
  });
});

describe('the mail that it gives back', () => {
  it.each([
    ['message/rfc822', 'From: x\r\nMessage-ID: <m@shop.example>\r\n\r\nHi'],
    ['text/rfc822-headers', 'MESSAGE-ID:<m@shop.example>'],
    ['message/global', 'Message-Id:\r\n <m@shop.example>\r\n'],
  ])('is known as %s', (mimeType, content) => {
    expect(read(REPORT, '', [{ mimeType, content }])?.messageIds).toEqual(['<m@shop.example>']);
  });

  it('is known in the text, quoted or not', () => {
    expect(daemon('<ada@x.example>: user unknown\n\n> Message-ID: <m@shop.example>\n')?.messageIds).toEqual([
      '<m@shop.example>',
    ]);
  });

  it('is not what its other fields name, and not more than ten', () => {
    const content = 'In-Reply-To: <a@b>\r\nReferences: <c@d>\r\nX-Message-ID: <e@f>\r\nMessage-ID: not one\r\n';
    expect(read(REPORT, '', [{ mimeType: 'message/rfc822', content }])?.messageIds).toEqual([]);
    const many = Array.from({ length: 50 }, (_, i) => `Message-ID: <${i}@x>`).join('\n');
    expect(daemon(`<ada@x.example>: user unknown\n${many}`)?.messageIds).toHaveLength(10);
  });
});

describe('hostile bytes', () => {
  it.each([
    '(',
    ';',
    '"',
    '<',
    'a@',
    'a@b.c ',
    '<a@b.cd>\n',
    '\n',
    ' ',
    '>',
    '5.1.1 ',
    '550 ',
    'mailbox ',
    'Message-ID:',
    'Final-Recipient: rfc822; a@b.c\n',
    '-',
    'no ',
    '\\x{',
    'exceeded a ',
  ])('a megabyte of %j takes bounded time', (unit) => {
    const noise = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const spent = processorMs(() => {
      daemon(noise, noise);
      daemon(`<ada@x.example>: ${noise}`);
      read({ ...REPORT, 'x-failed-recipients': noise, to: noise, subject: noise }, noise, [
        { mimeType: 'message/delivery-status', content: noise },
        fields(`Final-Recipient: rfc822; ${noise}`),
        fields('Final-Recipient: rfc822; a@b.c', `Diagnostic-Code: smtp; ${noise}`),
        { mimeType: 'message/rfc822', content: noise },
      ]);
    });
    expect(spent).toBeLessThan(3_000);
  });

  it('never make a bounce unreadable', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        'Final-Recipient: rfc822; a@b.c',
        'Status: 5.1.1',
        '',
        'Action: failed',
        '--b',
        '--b--',
        'Content-Type: message/delivery-status',
        '<a@b.c>: 550 5.1.1',
        'Message-ID: <a@b>',
        '__proto__: x',
      ),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
        const head =
          'From: MAILER-DAEMON@x\r\nSubject: failure notice\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n';
        const { kind, deliveryStatus } = await readMail(Buffer.from(`${head}\r\n${lines.join('\r\n')}`));
        expect(kind).toBe('bounce');
        for (const { address, type } of deliveryStatus?.recipients ?? []) {
          expect(address).toContain('@');
          expect(['hard', 'soft', 'limit']).toContain(type);
        }
      }),
      { numRuns: 100 },
    );
  });
});
