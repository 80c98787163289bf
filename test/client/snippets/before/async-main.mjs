// The example of nodemailer's own pages: host and port, verify, an async function, the link to a preview.
import nodemailer from 'nodemailer';

const transporter = nodemailer.createTransport({
  host: 'smtp.gmail.com',
  port: 465,
  secure: true, // true for 465, false for other ports
  auth: {
    user: process.env.GMAIL_USER,
    pass: process.env.GMAIL_APP_PASSWORD,
  },
});

async function main() {
  await transporter.verify();
  console.log('Server is ready to take our messages');

  const info = await transporter.sendMail({
    from: { name: 'Shop', address: process.env.GMAIL_USER },
    to: ['ada@customer.example'],
    cc: 'grace@customer.example',
    replyTo: 'orders@shop.example',
    subject: 'Your order has shipped 📦',
    text: 'It is on its way to Zürich.',
    html: '<p>It is on its way to <b>Zürich</b>.</p>',
  });

  console.log('Message sent: %s', info.messageId);
  console.log('Accepted: %s, rejected: %s', info.accepted.join(' '), info.rejected.length);
  console.log('Preview URL: %s', nodemailer.getTestMessageUrl(info));
}

main().catch(console.error);
