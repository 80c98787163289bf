// A pool for many mails at a time, each with a file, a made one and a picture in its HTML.
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';

const transporter = nodemailer.createTransport({
  pool: true,
  service: 'gmail',
  maxConnections: 5,
  maxMessages: 100,
  auth: {
    user: process.env.GMAIL_USER,
    pass: process.env.GMAIL_APP_PASSWORD,
  },
});

const customers = [
  { name: 'Ada', email: 'ada@customer.example', total: '12 €' },
  { name: 'Grace', email: 'grace@customer.example', total: '30 €' },
];

const mailOptions = {
  from: process.env.GMAIL_USER,
  attachments: [
    { filename: 'terms.txt', path: fileURLToPath(new URL('../terms.txt', import.meta.url)) },
    {
      filename: 'pixel.gif',
      path: 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==',
      cid: 'pixel',
    },
  ],
};

const results = await Promise.all(
  customers.map(({ name, email, total }) =>
    transporter.sendMail({
      ...mailOptions,
      to: `${name} <${email}>`,
      subject: `Invoice for ${name}`,
      html: `<p>Dear ${name}, please pay ${total}.</p><img src="cid:pixel">`,
      attachments: [
        ...mailOptions.attachments,
        { filename: 'invoice.csv', content: `item;total\nBooks;${total}\n`, contentType: 'text/csv; charset=utf-8' },
        { filename: 'copy.txt', content: createReadStream(new URL('../terms.txt', import.meta.url)) },
      ],
    }),
  ),
);
console.log('sent %d, rejected %d', results.length, results.flatMap(({ rejected }) => rejected).length);
transporter.close();
