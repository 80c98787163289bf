// Read receipts (RFC 8098) and complaints: machine answers, though a person may have pressed a button.
import { type KindCase, multipart, plainPart } from './build.ts';

const MDN =
  'Content-Type: message/disposition-notification\n\nReporting-UA: mail.customer.example; Client 1\nFinal-Recipient: rfc822;ada@customer.example\nOriginal-Message-ID: <order.1001@shop.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n';
const REPORT = 'multipart/report; report-type=disposition-notification';
const HEADERS = 'Content-Type: text/rfc822-headers\n\nMessage-ID: <order.1001@shop.example>\nSubject: Your order 1001';

export const RECEIPTS: readonly KindCase[] = [
  multipart('auto-reply', 'displayed, by hand', {
    subject: 'Read: Your order 1001',
    contentType: REPORT,
    parts: [plainPart('It was displayed.'), MDN, HEADERS],
  }),
  multipart('auto-reply', 'displayed, in German', {
    subject: 'Gelesen: Ihre Bestellung',
    contentType: REPORT,
    parts: [plainPart('Gelesen.'), MDN],
  }),
  multipart('auto-reply', 'deleted unread, of a null sender', {
    subject: 'Not read: Your order 1001',
    header: 'Return-Path: <>',
    contentType: REPORT,
    parts: [plainPart('It was deleted.'), MDN.replace('displayed', 'deleted')],
  }),
  multipart('auto-reply', 'from a server under postmaster', {
    subject: 'Return receipt',
    from: 'postmaster@customer.example',
    contentType: REPORT,
    parts: [plainPart('Your message was displayed.'), MDN],
  }),
  multipart('auto-reply', 'within multipart/mixed', {
    subject: 'Read: Your order 1001',
    contentType: 'multipart/mixed',
    parts: [plainPart('It was displayed.'), MDN],
  }),
  multipart('auto-reply', 'a complaint', {
    subject: 'Complaint',
    from: 'feedback@isp.example',
    contentType: 'multipart/report; report-type=feedback-report',
    parts: [
      plainPart('A user complains.'),
      'Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1',
      'Content-Type: message/rfc822\n\nMessage-ID: <order.1001@shop.example>\n\nx',
    ],
  }),
];
