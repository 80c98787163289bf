// A service of somebody else, which sends as the README shows: with the client, and with calls that were nodemailer's.
import { createMailroom, type SendOutcome } from 'mailroom';
import { mailroomTransport } from 'mailroom/nodemailer';
import { createTransport } from 'nodemailer';

const mailroom = createMailroom({
  mailbox: 'support',
  sendFunction: process.env.SEND_MAIL_FUNCTION ?? '',
  outboxUrl: process.env.OUTBOX_URL ?? '',
  bucket: process.env.MAIL_BUCKET ?? '',
  messagesTable: process.env.MESSAGES_TABLE ?? '',
});

const outcome: SendOutcome = await mailroom.send({
  idempotencyKey: 'order-1-delivery',
  to: 'ada@customer.example',
  subject: 'Your order 1',
  text: 'When should we deliver?',
  context: { order: 1 },
});
console.log(outcome.kind, outcome.messageId);

const transport = createTransport(mailroomTransport(mailroom));
const info = await transport.sendMail({
  to: 'grace@customer.example',
  subject: 'Your order 2',
  text: 'It is shipped.',
});
console.log(info.outcome.kind, info.accepted.join());
