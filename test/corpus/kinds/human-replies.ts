// What people write, however much it looks like a machine's: nobody's answer may be lost as a robot's.
import { type KindCase, multipart, plainPart, reply } from './build.ts';

const BOUNCE_TEXT =
  'This is the mail system at host mx.isp.example.\n\n<bob@customer.example>: host mx said: 550 5.1.1 User unknown';
const DSN =
  'Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; bob@customer.example\nAction: failed\nStatus: 5.1.1';

export const HUMAN_REPLIES: readonly KindCase[] = [
  reply('plain', { subject: 'Re: Your order 1001' }),
  reply('Auto-Submitted: no', { subject: 'Re: Your order 1001', header: 'Auto-Submitted: no' }),
  reply('Auto-Submitted: no, with a comment', {
    subject: 'Re: Your order 1001',
    header: 'Auto-Submitted: no (auto-replied is not what this is)',
  }),
  reply('Auto-Submitted: no, after a comment', {
    subject: 'Re: Your order 1001',
    header: 'Auto-Submitted: (by hand) No; x=auto-replied',
  }),
  reply('Auto-Submitted without a value', { subject: 'Re: Your order 1001', header: 'Auto-Submitted: ' }),
  reply('X-Autoreply: no', { subject: 'Re: Your order 1001', header: 'X-Autoreply: no' }),
  reply('an answer to an automatic reply', {
    subject: 'Re: Automatic reply: Your order 1001',
    text: 'Back again. I want the blue one.',
  }),
  reply('an answer to an automatic reply, in German', {
    subject: 'AW: Automatische Antwort: Ihre Bestellung',
    text: 'Da bin ich wieder.',
  }),
  reply('a subject about automatic replies', { subject: "Automatic replies don't reach me", text: 'Please look.' }),
  reply('a subject about the office', { subject: 'Out of office chairs?', text: 'Do you have more?' }),
  reply('a subject about holidays', { subject: 'Urlaub im November', text: 'Bitte danach liefern.' }),
  reply('quotes an out-of-office reply', {
    subject: 'Re: Your order 1001',
    text: 'See what I got:\n\n> I am out of the office until Monday. This is an automatic reply.',
  }),
  reply('signs with an absence', {
    subject: 'Re: Your order 1001',
    text: 'Yes, please.\n\n--\nAda\nOut of office every Friday',
  }),
  reply('quotes a bounce', { subject: 'Re: Your order 1001', text: `Bob's address does not work:\n\n${BOUNCE_TEXT}` }),
  reply('forwards a bounce', {
    subject: 'Fwd: Undelivered Mail Returned to Sender',
    text: `FYI\n\n---------- Forwarded message ---------\nFrom: MAILER-DAEMON@mx.isp.example\nSubject: Undelivered Mail Returned to Sender\n\n${BOUNCE_TEXT}`,
  }),
  multipart('reply', 'forwards a bounce as it came', {
    subject: 'Fwd: failure notice',
    contentType: 'multipart/mixed',
    parts: [
      plainPart('What does this mean?'),
      DSN,
      'Content-Type: message/rfc822\n\nMessage-ID: <order.1001@shop.example>\n\nx',
    ],
  }),
  reply('writes about a failed delivery', {
    subject: 'Delivery failed',
    text: 'The parcel could not be delivered, the card says. 550 is my house number.',
  }),
  reply('writes that mail is undeliverable', {
    subject: 'Undeliverable parcel',
    text: 'Address not found, said the driver.',
  }),
  reply('through a list', {
    subject: '[team] Re: Your order 1001',
    header: 'Precedence: list\nList-Id: <team.customer.example>\nReturn-Path: <team-bounces@customer.example>',
  }),
  reply('through a list that says bulk', {
    subject: '[team] Re: Your order 1001',
    header: 'Precedence: bulk\nList-Id: <team.customer.example>\nX-Loop: team@customer.example',
  }),
  reply('from a ticket system, by hand', {
    subject: 'Re: [#4711] Your order 1001',
    header: 'X-Auto-Response-Suppress: All',
    text: 'Hello, this is Bob. We want two.',
  }),
  reply('passed on by a rule of Exchange', {
    subject: 'Re: Your order 1001',
    header: 'X-MS-Exchange-Inbox-Rules-Loop: ada@customer.example',
  }),
  reply('from someone whose name is Post Master', {
    subject: 'Re: Your order 1001',
    from: '"Post Master" <post.master.jones@customer.example>',
  }),
  reply('with a mailer of an innocent name', {
    subject: 'Re: Your order 1001',
    header: 'X-Mailer: Microsoft Outlook 16.0',
  }),
  reply('in French, about an absence', {
    subject: 'Re: Votre commande',
    text: 'Je serai absente lundi. Réponse automatique désactivée.',
  }),
  reply('in Japanese', { subject: 'Re: ご注文', text: '不在票が入っていました。自動返信ではありません。' }),
  reply('in Russian', { subject: 'Re: Ваш заказ', text: 'Посылка не доставлена, адрес не существует?' }),
  reply('in Spanish', { subject: 'RE: Su pedido', text: 'No se pudo entregar el paquete.' }),
  multipart('reply', 'with a forwarded auto-reply attached', {
    subject: 'Re: Your order 1001',
    contentType: 'multipart/mixed',
    parts: [
      plainPart('See below.'),
      'Content-Type: message/rfc822\n\nSubject: Automatic reply: x\nAuto-Submitted: auto-replied\n\nAway.',
    ],
  }),
];
