// A Lambda function of somebody else, in CommonJS.
const { createMailroom, MailError } = require('mailroom');

const mailroom = createMailroom({
  mailbox: 'support',
  sendFunction: process.env.SEND_MAIL_FUNCTION,
  outboxUrl: process.env.OUTBOX_URL,
  bucket: process.env.MAIL_BUCKET,
  messagesTable: process.env.MESSAGES_TABLE,
});

exports.handler = async ({ order }) => {
  const mail = {
    idempotencyKey: `cjs-${order}`,
    to: 'grace@customer.example',
    subject: `Order ${order}`,
    text: 'Hello',
  };
  const { kind } = await mailroom.send(mail);
  const refused = await mailroom.send({ ...mail, to: 'nobody' }).catch((error) => error);
  return [kind, refused instanceof MailError, refused.code];
};
