// The contact form of many sites: app.post('/contact', postContact), the visitor as Reply-To, the mail to ourselves.
const nodemailer = require('nodemailer');

const transporter = nodemailer.createTransport({
  host: 'smtp.gmail.com',
  port: 587,
  secure: false,
  requireTLS: true,
  auth: {
    user: process.env.GMAIL_USER,
    pass: process.env.GMAIL_APP_PASSWORD,
  },
  tls: { rejectUnauthorized: false },
});

exports.postContact = async (req, res) => {
  const { name, email, message } = req.body;
  const output = `
    <h3>Contact details</h3>
    <ul>
      <li>Name: ${name}</li>
      <li>Email: ${email}</li>
    </ul>
    <p>${message}</p>
  `;
  try {
    const info = await transporter.sendMail({
      from: `"${name}" <${process.env.GMAIL_USER}>`,
      to: 'ada@customer.example',
      replyTo: `"${name}" <${email}>`,
      subject: `New message from ${name}`,
      text: `${message}\n\n-- \n${name} <${email}>`,
      html: output,
    });
    console.log('Email sent: ' + info.response);
    res.statusCode = 200;
    res.end('Thanks for your message!');
  } catch (error) {
    console.error(error);
    res.statusCode = 500;
    res.end('Something went wrong.');
  }
};
