// Servers of UNIX that write RFC 3464: Exim, Sendmail, OpenSMTPD, Dovecot, Courier.
import { type BounceCase, report } from './build.ts';

export const UNIX_SERVERS: readonly BounceCase[] = [
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
