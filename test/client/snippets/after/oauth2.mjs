// OAuth2 with a refresh token from the playground, in a file of its own that others import.
import nodemailer from 'nodemailer';

const transporter = nodemailer.createTransport(
  (await import('mailroom/nodemailer')).mailroomTransport({
    mailbox: 'support',
    sendFunction: process.env.SEND_MAIL_FUNCTION,
    outboxUrl: process.env.OUTBOX_URL,
    bucket: process.env.MAIL_BUCKET,
    messagesTable: process.env.MESSAGES_TABLE,
  }),
);

transporter.verify((error, success) => {
  if (error) {
    console.log(error);
  } else {
    console.log('Ready for messages:', success);
  }
});

export const sendMail = async (to, subject, html) => {
  const result = await transporter.sendMail({
    from: `Shop <${process.env.GMAIL_USER}>`,
    to,
    bcc: 'grace@customer.example',
    subject,
    html,
    headers: { 'X-Laziness-level': 1000 },
  });
  return result;
};
