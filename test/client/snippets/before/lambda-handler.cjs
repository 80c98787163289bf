// A Lambda function behind API Gateway that answers by its callback.
const nodemailer = require('nodemailer');

exports.handler = (event, context, callback) => {
  const { to, subject, message } = JSON.parse(event.body);

  const transporter = nodemailer.createTransport({
    service: 'gmail',
    auth: {
      user: process.env.GMAIL_USER,
      pass: process.env.GMAIL_APP_PASSWORD,
    },
  });

  const mailOptions = {
    from: process.env.GMAIL_USER,
    to: to,
    subject: subject,
    text: message,
  };

  transporter.sendMail(mailOptions, (error, info) => {
    if (error) {
      callback(error);
    } else {
      callback(null, {
        statusCode: 200,
        body: JSON.stringify({ messageId: info.messageId, accepted: info.accepted }),
      });
    }
  });
};
