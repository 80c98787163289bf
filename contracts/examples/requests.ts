// A request of every shape, for the examples of a release: each is sent on the local stack.
import type { SendRequest } from '../../lib/core/message.ts';

const ADA = 'ada@customer.example';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';
const DAY_MS = 86_400_000;

const least = (idempotencyKey: string): SendRequest => ({
  version: 1,
  mailbox: 'support',
  idempotencyKey,
  to: ADA,
  subject: 'Your order 4711',
  text: 'It is on its way.',
});

/** By name, which is its idempotency key too. @param now in milliseconds since 1970 */
export function exampleRequests(now: number): readonly SendRequest[] {
  return [
    least('least'),
    {
      ...least('people'),
      to: { name: 'Ada Lovelace', address: ADA },
      cc: [ADA, { name: 'Grace', address: 'grace@customer.example' }],
      bcc: 'grace@customer.example',
      from: { name: 'Shop' },
      replyTo: ['desk@shop.example', { name: 'Desk', address: 'desk@shop.example' }],
    },
    { ...least('from-address'), from: { name: 'Shop', address: 'support@shop.example' }, to: [], bcc: [ADA] },
    { ...htmlAlone('html'), html: '<p>It is on its <b>way</b>.</p>' },
    {
      ...least('files'),
      html: '<p>Here it is: <img src="cid:logo@shop.example"></p>',
      attachments: [
        { filename: 'invoice.txt', content: 'NDcxMTogOCBFVVIK' },
        { filename: 'logo.png', content: PNG, contentType: 'image/png', contentId: 'logo@shop.example' },
      ],
    },
    {
      ...least('headers'),
      subject: 'Größe und 数量',
      headers: { 'List-Unsubscribe': '<https://shop.example/u/1>', 'X-Campaign': 'spring' },
    },
    { ...least('context'), context: { order: 4711, lines: [{ sku: 'a', count: 2 }], note: null, paid: true } },
    { ...least('answer-to-message-id'), inReplyTo: '<question@customer.example>' },
    { ...least('automatic'), automatic: true },
    { ...least('scheduled'), sendAt: now + DAY_MS, notAfter: now + 2 * DAY_MS },
    { ...least('expired'), notAfter: now - 1 },
    { ...least('partial'), to: [ADA, 'nobody@customer.example'] },
    { ...least('failed'), to: 'nobody@customer.example' },
  ];
}

function htmlAlone(idempotencyKey: string): SendRequest {
  const { text: _text, ...request } = least(idempotencyKey);
  return request;
}
