// Bounces whose MIME or fields are not as they should be; mail servers are old, and gateways rewrite.
import { type BounceCase, OUR_HEADER, OUR_MAIL, report, whole } from './build.ts';

const DAEMON = { from: 'MAILER-DAEMON@mx.isp.example', subject: 'Undelivered Mail Returned to Sender' };
const HEAD = `Return-Path: <>\nFrom: MAILER-DAEMON@mx.isp.example\nTo: support@shop.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n`;
const FIELDS =
  'Reporting-MTA: dns; mx.isp.example\n\nFinal-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n';
const EXPECT = ['ada@customer.example 5.1.1 hard'];
const HARD = 'Action: failed\nStatus: 5.1.1';

export const BROKEN: readonly BounceCase[] = [
  whole(
    'a boundary that never comes',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary="other"\n\n--=_b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--=_b\nContent-Type: message/rfc822\n\n${OUR_MAIL}\n--=_b--\n`,
    EXPECT,
  ),
  whole(
    'no boundary parameter',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status\n\n--=_b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--=_b\n\n${OUR_HEADER}`,
    EXPECT,
  ),
  whole(
    'an end that is missing',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--b\nContent-Type: message/rfc822\n\n${OUR_MAIL}`,
    EXPECT,
  ),
  whole(
    'fields labelled as text',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: text/plain\n\n${FIELDS}\n--b\nContent-Type: message/rfc822\n\n${OUR_MAIL}\n--b--\n`,
    EXPECT,
  ),
  whole(
    'a report without a report type',
    `${HEAD}Content-Type: multipart/report; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--b--\n`,
    EXPECT,
    false,
  ),
  whole(
    'a report within multipart/mixed',
    `${HEAD}Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--b\nContent-Type: message/rfc822\n\n${OUR_MAIL}\n--b--\n\n--o\n\nA list's footer.\n--o--\n`,
    EXPECT,
  ),
  whole(
    'fields in base64',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n${Buffer.from(FIELDS).toString('base64')}\n--b--\n`,
    EXPECT,
    false,
  ),
  whole(
    'a returned mail in base64',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${Buffer.from(OUR_MAIL).toString('base64')}\n--b--\n`,
    EXPECT,
  ),
  whole(
    'bare line feeds',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--b--\n`.replaceAll(
      '\r',
      '',
    ),
    EXPECT,
    false,
  ),
  whole(
    'a Message-ID folded to the next line',
    `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n${FIELDS}\n--b\nContent-Type: text/rfc822-headers\n\nFrom: support@shop.example\nMessage-ID:\n <order.1001@shop.example>\n--b--\n`,
    EXPECT,
  ),
  report({
    ...DAEMON,
    name: 'no address type',
    recipients: [`Final-Recipient: ada@customer.example\n${HARD}`],
    expect: EXPECT,
  }),
  report({
    ...DAEMON,
    name: 'angle brackets',
    recipients: [`Final-Recipient: rfc822; <ada@customer.example>\n${HARD}`],
    expect: EXPECT,
  }),
  report({
    ...DAEMON,
    name: 'no blank line between message and recipient',
    perMessage:
      'Reporting-MTA: dns; mx.example\nFinal-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.1.1',
    recipients: [],
    expect: EXPECT,
  }),
  report({
    ...DAEMON,
    name: 'no blank line between two recipients',
    recipients: [
      `Final-Recipient: rfc822; ada@customer.example\n${HARD}\nFinal-Recipient: rfc822; bob@customer.example\nAction: failed\nStatus: 5.2.2`,
    ],
    expect: [...EXPECT, 'bob@customer.example 5.2.2 soft'],
  }),
  report({
    ...DAEMON,
    name: 'no action',
    recipients: ['Final-Recipient: rfc822; ada@customer.example\nStatus: 5.1.1'],
    expect: EXPECT,
  }),
  report({
    ...DAEMON,
    name: 'no status',
    recipients: [
      'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 unknown',
    ],
    expect: EXPECT,
  }),
  report({
    ...DAEMON,
    name: 'a status that is none',
    recipients: [
      'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 550\nDiagnostic-Code: smtp; 550 unknown',
    ],
    expect: ['ada@customer.example - hard'],
  }),
  report({
    ...DAEMON,
    name: 'an action in capitals with a comment',
    recipients: [
      'FINAL-RECIPIENT: RFC822;ada@customer.example\nACTION: Failed (no such user)\nSTATUS: 5.1.1 (bad address)',
    ],
    expect: EXPECT,
  }),
  report({
    ...DAEMON,
    name: 'recipients only in the prose',
    human: '<ada@customer.example>: host mx.customer.example said: 550 5.1.1 unknown',
    recipients: [],
    expect: EXPECT,
  }),
  report({
    ...DAEMON,
    name: 'xtext for the at sign',
    recipients: [`Final-Recipient: rfc822; ada+40customer.example\n${HARD}`],
    expect: EXPECT,
  }),
];
