// Servers of UNIX that write RFC 3464: Postfix, Exim, Sendmail, OpenSMTPD, Dovecot, Courier.
import { type BounceCase, report } from './build.ts';

const POSTFIX = {
  from: 'MAILER-DAEMON@mx.isp.example (Mail Delivery System)',
  subject: 'Undelivered Mail Returned to Sender',
};
const SYSTEM =
  'This is the mail system at host mx.isp.example.\n\nI am sorry to say that your mail could not be handed on.\n\n                   The mail system\n\n';
const recipient = (address: string, action: string, status: string, diagnostic?: string): string =>
  `Final-Recipient: rfc822; ${address}\nOriginal-Recipient: rfc822;${address}\nAction: ${action}\nStatus: ${status}${diagnostic === undefined ? '' : `\nRemote-MTA: dns; mx.customer.example\nDiagnostic-Code: ${diagnostic}`}`;

export const POSTFIX_AND_KIN: readonly BounceCase[] = [
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
  report({
    from: 'Mail Delivery System <Mailer-Daemon@exim.isp.example>',
    subject: 'Mail delivery failed: returning message to sender',
    name: 'Exim with a report: no such user',
    more: 'Return-Path: <>\nX-Failed-Recipients: ada@customer.example\nAuto-Submitted: auto-replied',
    human:
      'This message was created automatically by mail delivery software.\n\n  ada@customer.example\n    host mx.customer.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<ada@customer.example>:\n    550 Unknown mailbox',
    recipients: [
      'Action: failed\nFinal-Recipient: rfc822;ada@customer.example\nStatus: 5.0.0\nRemote-MTA: dns; mx.customer.example\nDiagnostic-Code: smtp; 550 Unknown mailbox',
    ],
    expect: ['ada@customer.example 5.0.0 hard'],
  }),
  report({
    from: 'Mail Delivery System <Mailer-Daemon@exim.isp.example>',
    subject: 'Mail delivery failed: returning message to sender',
    name: 'Exim with a report: 5.0.0 over an enhanced code of its own',
    recipients: [
      'Action: failed\nFinal-Recipient: rfc822;ada@customer.example\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552-5.2.2 The inbox of this person is\n 552 5.2.2 full',
    ],
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  report({
    from: 'Mail Delivery System <Mailer-Daemon@exim.isp.example>',
    subject: 'Warning: message 1abCdE-000001-Xy delayed 24 hours',
    name: 'Exim with a report: delayed',
    recipients: ['Action: delayed\nFinal-Recipient: rfc822;ada@customer.example\nStatus: 4.0.0'],
    returned: 'headers',
    expect: ['ada@customer.example 4.0.0 soft delayed'],
  }),
  report({
    from: 'Mail Delivery Subsystem <MAILER-DAEMON@sendmail.isp.example>',
    subject: 'Returned mail: see transcript for details',
    name: 'Sendmail: user unknown',
    more: 'Return-Path: <>\nAuto-Submitted: auto-generated (failure)',
    perMessage:
      'Reporting-MTA: dns; sendmail.isp.example\nReceived-From-MTA: DNS; app.shop.example\nArrival-Date: Mon, 2 Nov 2026 23:00:00 GMT',
    recipients: [
      'Final-Recipient: RFC822; ada@customer.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: DNS; mx.customer.example\nDiagnostic-Code: SMTP; 550 5.1.1 <ada@customer.example>... User unknown\nLast-Attempt-Date: Mon, 2 Nov 2026 23:00:05 GMT',
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    from: 'Mail Delivery Subsystem <MAILER-DAEMON@sendmail.isp.example>',
    subject: 'Warning: could not send message for past 4 hours',
    name: 'Sendmail: delayed',
    recipients: [
      'Final-Recipient: RFC822; ada@customer.example\nAction: delayed\nStatus: 4.4.1\nRemote-MTA: DNS; mx.customer.example\nWill-Retry-Until: Sat, 7 Nov 2026 23:00:00 GMT',
    ],
    returned: 'headers',
    expect: ['ada@customer.example 4.4.1 soft delayed'],
  }),
  report({
    from: 'Mail Delivery Subsystem <MAILER-DAEMON@sendmail.isp.example>',
    subject: 'Returned mail: User unknown',
    name: 'Sendmail: an alias that led elsewhere',
    recipients: [
      'Final-Recipient: RFC822; ada@customer.example\nX-Actual-Recipient: RFC822; |/opt/lists/run ada@sendmail.isp.example\nAction: failed\nStatus: 5.3.0\nDiagnostic-Code: X-Unix; 255',
    ],
    expect: ['ada@customer.example 5.3.0 hard'],
  }),
  report({
    from: 'Mailer Daemon <MAILER-DAEMON@opensmtpd.example>',
    subject: 'Delivery status notification: error',
    name: 'OpenSMTPD: refused',
    human:
      'Hi!\n\nThis is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\nAn error has occurred for these recipients:\n\nada@customer.example: 550 5.1.1 no mailbox here',
    recipients: [
      'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no mailbox here',
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    from: 'Mail Delivery Subsystem <postmaster@dovecot.example>',
    subject: 'Rejected: Your order 1001',
    name: 'Dovecot LMTP: over quota',
    human: 'Your message was rejected for the following reason:\n\nQuota exceeded (mailbox for user is full)',
    recipients: [
      'Original-Recipient: rfc822; ada@customer.example\nFinal-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.2.2',
    ],
    returned: 'headers',
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  report({
    from: '"Courier mail server at courier.example" <@>',
    subject: 'NOTICE: mail delivery status.',
    name: 'Courier: refused',
    human:
      'This is a delivery status notification from courier.example, running the Courier mail server.\n\n<ada@customer.example>:\n    mx.customer.example [192.0.2.1]:\n    550 5.7.1 Relaying denied',
    recipients: [
      'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.0.0\nRemote-MTA: dns; mx.customer.example [192.0.2.1]\nDiagnostic-Code: smtp; 550 5.7.1 Relaying denied',
    ],
    expect: ['ada@customer.example 5.7.1 hard'],
  }),
];
