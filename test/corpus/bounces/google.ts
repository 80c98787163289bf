// Gmail and Google Groups, which write RFC 3464 and not always what they mean.
import { type BounceCase, report } from './build.ts';

const GMAIL = {
  from: 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
  subject: 'Delivery Status Notification (Failure)',
  more: 'Return-Path: <>\nAuto-Submitted: auto-replied\nX-Failed-Recipients: ada@customer.example',
};
const fields = (status: string, diagnostic: string, action = 'failed', address = 'ada@customer.example'): string =>
  `Final-Recipient: rfc822;${address}\nAction: ${action}\nStatus: ${status}\nDiagnostic-Code: ${diagnostic}`;

export const GOOGLE: readonly BounceCase[] = [
  report({
    ...GMAIL,
    name: 'Gmail: address not found',
    human:
      "** Address not found **\n\nYour message wasn't delivered to ada@customer.example because the address couldn't be found.",
    perMessage:
      'Reporting-MTA: dns; googlemail.com\nReceived-From-MTA: dns; support@shop.example\nArrival-Date: Mon, 02 Nov 2026 15:00:00 -0800 (PST)\nX-Original-Message-ID: <order.1001@shop.example>',
    recipients: [
      `${fields('5.1.1', 'smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please\n 550-5.1.1 look for typing errors\n 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser a1 - gsmtp')}\nLast-Attempt-Date: Mon, 02 Nov 2026 15:00:01 -0800 (PST)`,
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: 5.0.0 in the status, 5.1.1 in what the server said',
    recipients: [fields('5.0.0', 'smtp; 550 5.1.1 <ada@customer.example> User unknown')],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: 4.0.0 in the status, 550 in what the server said',
    recipients: [fields('4.0.0', 'smtp; 550 no mailbox by that name')],
    expect: ['ada@customer.example 5.0.0 hard'],
  }),
  report({
    ...GMAIL,
    subject: 'Delivery Status Notification (Delay)',
    name: 'Gmail: delayed',
    human:
      '** Delivery incomplete **\n\nThere was a temporary problem delivering your message to ada@customer.example. Gmail will retry for 46 more hours.',
    recipients: [
      `${fields('4.4.1', 'smtp; The recipient server did not accept our requests to connect. [customer.example 192.0.2.1: timed out]', 'delayed')}\nWill-Retry-Until: Wed, 04 Nov 2026 15:00:00 -0800 (PST)`,
    ],
    expect: ['ada@customer.example 4.4.1 soft delayed'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: given up after two days',
    recipients: [fields('4.4.1', 'smtp; The recipient server did not accept our requests to connect.')],
    expect: ['ada@customer.example 4.4.1 soft'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: a limit for sending',
    human: '** Message not sent **\n\nYou have reached a limit for sending mail. Your message was not sent.',
    recipients: [
      'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.4.5\nDiagnostic-Code: smtp; You have reached a limit for sending mail. Your message was not sent.',
    ],
    expect: ['ada@customer.example 5.4.5 limit'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: daily quota, in the words of SMTP',
    recipients: [
      fields(
        '5.0.0',
        'smtp; 550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n 550 5.4.5 sending limits go to https://support.google.com/a/answer/166852',
      ),
    ],
    expect: ['ada@customer.example 5.4.5 limit'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: the recipient gets too much mail',
    recipients: [
      fields(
        '4.2.1',
        'smtp; 450-4.2.1 The user you are trying to contact is receiving mail at a rate that\n 450 4.2.1 prevents more messages',
        'failed',
      ),
    ],
    expect: ['ada@customer.example 4.2.1 soft'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: a recipient whose inbox is full',
    recipients: [
      fields(
        '5.2.2',
        "smtp; 552-5.2.2 The recipient's inbox is out of storage space. Please direct them\n 552 5.2.2 to clear space",
      ),
    ],
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  report({
    ...GMAIL,
    name: 'Gmail: no such domain',
    recipients: [
      fields('5.1.2', 'smtp; DNS Error: DNS type mx lookup of custmer.example responded with code NXDOMAIN'),
    ],
    expect: ['ada@customer.example 5.1.2 hard'],
  }),
  report({
    ...GMAIL,
    from: 'Mail Delivery Subsystem <mailer-daemon@google.com>',
    name: 'Google Groups: nobody may post',
    more: 'Return-Path: <>\nX-Failed-Recipients: team@customer.example',
    human:
      "Hello support@shop.example,\n\nWe're writing to let you know that the group you tried to contact (team) may not exist, or you may not have permission to post messages to the group.",
    recipients: [
      fields('5.7.1', 'smtp; 550 5.7.1 you may not have permission to post', 'failed', 'team@customer.example'),
    ],
    expect: ['team@customer.example 5.7.1 hard'],
  }),
];
