// The first example of most tutorials: an app password, two recipients, a callback.
const nodemailer = require('nodemailer');

const transporter = nodemailer.createTransport(
  require('mailroom/nodemailer').mailroomTransport({
    mailbox: 'support',
    sendFunction: process.env.SEND_MAIL_FUNCTION,
    outboxUrl: process.env.OUTBOX_URL,
    bucket: process.env.MAIL_BUCKET,
    messagesTable: process.env.MESSAGES_TABLE,
  }),
);

const mailOptions = {
  from: `"Shop" <${process.env.GMAIL_USER}>`,
  to: 'ada@customer.example, grace@customer.example',
  subject: 'Hello ✔',
  text: 'Hello world?',
  html: '<b>Hello world?</b>',
};

transporter.sendMail(mailOptions, (error, info) => {
  if (error) {
    return console.log(error);
  }
  console.log('Message sent: ' + info.response);
});
