// Bounces of odd shapes: the reason before the address, no address at all, a report that is none, gateways of all kinds.
import { type BounceCase, OUR_HEADER, OUR_ID, OUR_MAIL, prose, whole, withCopy } from './build.ts';

const DAEMON = 'MAILER-DAEMON@mx.isp.example';

export const PROSE_ODD: readonly BounceCase[] = [
  prose({
    from: 'postmaster@notes.example',
    subject: 'Undeliverable message',
    name: 'Lotus SMTP: the reason first',
    text: `------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nada@customer.example\n\n------- Returned Message --------\n${OUR_MAIL}`,
    expect: ['ada@customer.example - hard'],
  }),
  prose({
    from: DAEMON,
    subject: 'Returned mail: Cannot send message for 4 days',
    name: 'Sendmail 5: nobody named but in the copy',
    text: `   ----- Transcript of session follows -----\n421 customer.example (smtp)... Deferred: Connection timed out during user open with customer.example\n\n   ----- Unsent message follows -----\n${OUR_MAIL}`,
    expect: ['ada@customer.example - soft'],
  }),
  withCopy({
    from: DAEMON,
    subject: 'Delivery failure',
    name: 'nobody named but in the mail attached',
    text: 'The recipient is unknown here.',
    expect: ['ada@customer.example - hard'],
  }),
  withCopy({
    from: 'no-reply@keitai.example',
    subject: 'メールエラー通知',
    name: 'a Japanese provider: mailbox full',
    text: '送信先のメールボックスが一杯のため、送信できませんでした。\n\nYour mail sent on: Mon, 2 Nov 2026 23:00:00 +0900\n     Could not be delivered to: <ada@customer.example>\n     As their mailbox is full.',
    expect: ['ada@customer.example - soft'],
  }),
  withCopy({
    from: DAEMON,
    subject: 'Message delivery has failed',
    name: 'a filter that names the host',
    text: 'Unable to deliver message to: <ada@customer.example>\nDelivery failed for the following reason:\nServer mx.customer.example[192.0.2.1] failed with: 550 <ada@customer.example> nobody of that name\n\nThis has been a permanent failure.',
    expect: ['ada@customer.example - hard'],
  }),
  whole(
    'a report of no type with rules of equals signs',
    `Return-Path: <MAILER-DAEMON@mx.isp.example>\nFrom: Mail Delivery System <Mail.Delivery.System@mx.isp.example>\nTo: support@shop.example\nSubject: Delivery status notification\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/plain\n\n=========================\n  This is an automatically generated notification.\n\nDelivery to the following recipients failed permanently:\n\n   * ada@customer.example\n\n=========================\n     Technical details:\n\nSMTP:RCPT host 192.0.2.1: 553 5.3.0 <ada@customer.example>... nobody here\n=========================\n\n--b\nContent-Type: message/rfc822\n\n${OUR_MAIL}\n--b--\n`,
    ['ada@customer.example 5.3.0 hard'],
  ),
  whole(
    'a report without its status part',
    `Return-Path: <>\nFrom: MAILER-DAEMON@mx.isp.example\nTo: support@shop.example\nSubject: FAILURE NOTICE : Your order\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\n  ----- The following addresses had permanent fatal errors -----\n\n>>> ada@customer.example <ada@customer.example>\n\n  ----- Transcript of session follows -----\n550 sorry, no mailbox here by that name (#5.1.1 - chkusr)\n\n--b\nContent-Type: message/partial\n\n${OUR_HEADER}\n--b--\n`,
    ['ada@customer.example 5.1.1 hard'],
  ),
  withCopy({
    from: 'System Administrator <postmaster@customer.example>',
    subject: 'Undeliverable',
    name: 'a mail to two, one of whom it reached',
    text: 'Your message\n\n  To:      bob@customer.example\n  Subject: Your order 1001\n\ndid not reach the following recipient(s):\n\nada@customer.example on Mon, 2 Nov 2026 23:05:00 +0000\n    The recipient name is not recognized\n    MSEXCH:IMS:Customer:EX 0 (000C05A6) Unknown Recipient',
    expect: ['ada@customer.example - hard'],
  }),
  prose({
    from: DAEMON,
    subject: 'Mail delivery failed',
    name: 'a code in angle brackets',
    text: `The following address failed:\n\n  ada@customer.example\n  550 <5.1.1> not available\n\nIncluded is a copy of the message header:\n-----------------------------------------\n${OUR_HEADER}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    from: 'post_master@gateway.example',
    subject: 'Re: Your order 1001',
    name: 'the envelope in the details',
    text: `Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: nobody of that name\n\nMessage details:\n  Subject: Your order 1001\n  MAIL FROM: bounces@shop.example\n  RCPT TO: ada@customer.example\n  From: sales@shop.example\n  Message-ID: ${OUR_ID}`,
    expect: ['ada@customer.example - hard'],
  }),
];
