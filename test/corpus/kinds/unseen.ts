// Answers written after the rules were.
import { autoReply, type KindCase, multipart, plainPart, reply } from './build.ts';

export const UNSEEN: readonly KindCase[] = [
  autoReply('Zimbra', {
    subject: 'Re: Your order 1001',
    header: 'Auto-Submitted: auto-replied (zimbra; vacation)\nPrecedence: bulk',
    text: 'Back on Monday.',
  }),
  autoReply('a help desk of the cloud', {
    subject: '[Request received] Your order 1001',
    header: 'X-Auto-Response-Suppress: All\nX-Mailer: Desk Mailer',
    text: 'Your request (4711) has been received.',
  }),
  autoReply('Chinese of Taiwan', { subject: '自動回覆: 您的訂單' }),
  autoReply('Portuguese, away', { subject: 'Fora do escritório: Seu pedido' }),
  autoReply('Greek', { subject: 'Αυτόματη απάντηση: Η παραγγελία σας' }),
  autoReply('a responder with a null sender and a list-like precedence', {
    subject: 'On leave',
    header: 'Return-Path: <>\nPrecedence: junk',
  }),
  multipart('auto-reply', 'a receipt of Thunderbird', {
    subject: 'Return Receipt (displayed) - Your order 1001',
    contentType: 'multipart/report; report-type=disposition-notification',
    parts: [
      plainPart('This is a receipt.'),
      'Content-Type: message/disposition-notification\n\nReporting-UA: customer.example; Thunderbird\nFinal-Recipient: rfc822;ada@customer.example\nDisposition: manual-action/MDN-sent-manually; displayed',
    ],
  }),
  {
    ...multipart('reply', 'Apple: an attachment of the calendar', {
      subject: 'Ada accepted your invitation',
      contentType: 'multipart/mixed',
      parts: [
        plainPart('Ada accepted.'),
        'Content-Type: text/calendar; charset=utf-8; method=REPLY; name=iCal.ics\nContent-Disposition: attachment; filename=iCal.ics\nContent-Transfer-Encoding: quoted-printable\n\nBEGIN:VCALENDAR\nCALSCALE:GREGORIAN\nVERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:3D-visit@shop.example\nDTSTAMP:20261102T230500Z\nDTSTART:20261109T100000Z\nSUMMARY:Visit\nATTENDEE;CN=3DAda;EMAIL=3Dada@customer.example;PARTSTAT=3DDECLINED:/principals/ada/\nORGANIZER:mailto:support@shop.example\nEND:VEVENT\nEND:VCALENDAR',
      ],
    }),
    calendar: '3D-visit@shop.example declined ada@customer.example',
  },
  reply('a question about an automatic reply', { subject: 'Automatic reply?', text: 'Did you get mine?' }),
  reply('first class', {
    subject: 'RE: Your order 1001',
    header: 'Precedence: first-class\nX-Priority: 3',
    text: 'On vacation I shall read it.',
  }),
  reply('from a phone, about a refused mail', {
    subject: 'Fwd: Mail delivery failed',
    text: 'Got this from your shop, what now?\n\n> 550 5.1.1 User unknown <ada@customer.example>',
  }),
];
