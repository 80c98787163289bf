// Postfix writes RFC 3464 by the book.
import { type BounceCase, report } from './build.ts';

const POSTFIX = {
  from: 'MAILER-DAEMON@mx.isp.example (Mail Delivery System)',
  subject: 'Undelivered Mail Returned to Sender',
};
const SYSTEM =
  'This is the mail system at host mx.isp.example.\n\nI am sorry to say that your mail could not be handed on.\n\n                   The mail system\n\n';
const recipient = (address: string, action: string, status: string, diagnostic?: string): string =>
  `Final-Recipient: rfc822; ${address}\nOriginal-Recipient: rfc822;${address}\nAction: ${action}\nStatus: ${status}${diagnostic === undefined ? '' : `\nRemote-MTA: dns; mx.customer.example\nDiagnostic-Code: ${diagnostic}`}`;

export const POSTFIX_REPORTS: readonly BounceCase[] = [
  report({
    ...POSTFIX,
    name: 'Postfix: user unknown',
    human: `${SYSTEM}<ada@customer.example>: host mx.customer.example[192.0.2.1] said: 550 5.1.1\n    <ada@customer.example>: Recipient address rejected: User unknown (in reply\n    to RCPT TO command)`,
    recipients: [
      recipient(
        'ada@customer.example',
        'failed',
        '5.1.1',
        'smtp; 550 5.1.1 <ada@customer.example>: Recipient address\n    rejected: User unknown',
      ),
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: no such domain',
    recipients: [
      recipient(
        'ada@custmer.example',
        'failed',
        '5.4.4',
        'X-Postfix; Host or domain name not found. Name service error for\n    name=custmer.example type=A: Host not found',
      ),
    ],
    expect: ['ada@custmer.example 5.4.4 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: given up after five days of time-outs',
    recipients: [
      recipient(
        'ada@customer.example',
        'failed',
        '4.4.1',
        'X-Postfix; connect to mx.customer.example[192.0.2.1]:25: Connection timed\n    out',
      ),
    ],
    expect: ['ada@customer.example 4.4.1 soft'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: mailbox over quota',
    recipients: [
      recipient('ada@customer.example', 'failed', '5.2.2', 'smtp; 552 5.2.2 <ada@customer.example>: Mailbox is full'),
    ],
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  report({
    ...POSTFIX,
    subject: 'Delayed Mail (still being retried)',
    name: 'Postfix: delayed',
    human: `${SYSTEM}<ada@customer.example>: delivery temporarily suspended: lost connection`,
    recipients: [
      `${recipient('ada@customer.example', 'delayed', '4.4.2', 'X-Postfix; lost connection with mx.customer.example')}\nWill-Retry-Until: Sat, 7 Nov 2026 23:00:00 +0000`,
    ],
    returned: 'headers',
    expect: ['ada@customer.example 4.4.2 soft delayed'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: headers only, bare 550 under status 5.0.0',
    recipients: [recipient('ada@customer.example', 'failed', '5.0.0', 'smtp; 550 No such person at this address')],
    returned: 'headers',
    expect: ['ada@customer.example 5.0.0 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: three recipients, three fates',
    recipients: [
      recipient('ada@customer.example', 'failed', '5.1.1', 'smtp; 550 5.1.1 User unknown'),
      recipient('bob@customer.example', 'failed', '5.2.2', 'smtp; 452 4.2.2 The email account is over quota'),
      recipient('eve@customer.example', 'failed', '5.7.1', 'smtp; 554 5.7.1 Service unavailable; Client host blocked'),
    ],
    expect: ['ada@customer.example 5.1.1 hard', 'bob@customer.example 4.2.2 soft', 'eve@customer.example 5.7.1 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: forwarded to a mailbox that is gone',
    recipients: [
      'Final-Recipient: rfc822; ada.l@elsewhere.example\nOriginal-Recipient: rfc822;ada@customer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown',
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: mail for nobody loops',
    recipients: [
      recipient('ada@customer.example', 'failed', '5.4.6', 'X-Postfix; mail for customer.example loops back to myself'),
    ],
    expect: ['ada@customer.example 5.4.6 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix: delivered, as was asked',
    subject: 'Successful Mail Delivery Report',
    human: `${SYSTEM}Your message was successfully delivered to the destination(s) listed below.`,
    recipients: [recipient('ada@customer.example', 'delivered', '2.0.0', 'smtp; 250 2.0.0 Ok: queued as 1A2B')],
    returned: 'headers',
    expect: ['ada@customer.example 2.0.0 soft delivered'],
  }),
  report({
    ...POSTFIX,
    name: 'Postfix with SMTPUTF8',
    statusType: 'message/global-delivery-status',
    recipients: [
      'Final-Recipient: utf-8; jürgen@kunde.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unbekannt',
    ],
    expect: ['jürgen@kunde.example 5.1.1 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'an address in UTF-8 with escapes',
    recipients: ['Final-Recipient: utf-8; j\\x{FC}rgen@kunde.example\nAction: failed\nStatus: 5.1.1'],
    expect: ['jürgen@kunde.example 5.1.1 hard'],
  }),
  report({
    ...POSTFIX,
    name: 'an address with a plus is no xtext',
    recipients: [recipient('ada+20@customer.example', 'failed', '5.1.1', 'smtp; 550 5.1.1 unknown')],
    expect: ['ada+20@customer.example 5.1.1 hard'],
  }),
];
