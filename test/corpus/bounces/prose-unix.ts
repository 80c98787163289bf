// Bounces of prose alone: qmail, Exim, Sendmail, old Postfix, smail and what quotes SMTP as it came.
import { type BounceCase, OUR_HEADER, OUR_MAIL, prose, withCopy } from './build.ts';

const QMAIL = { from: 'MAILER-DAEMON@qmail.isp.example', subject: 'failure notice' };
const QMAIL_LEAD =
  "Hi. This is the qmail-send program at qmail.isp.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n";
const QMAIL_COPY = `\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <support@shop.example>\n${OUR_MAIL}`;
const EXIM = {
  from: 'Mail Delivery System <Mailer-Daemon@exim.isp.example>',
  subject: 'Mail delivery failed: returning message to sender',
};
const EXIM_LEAD =
  'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n';
const EXIM_COPY = `\n\n------ This is a copy of the message, including all the headers. ------\n\n${OUR_MAIL}`;
const SENDMAIL = {
  from: 'Mail Delivery Subsystem <MAILER-DAEMON@sendmail.isp.example>',
  subject: 'Returned mail: User unknown',
};

export const PROSE_UNIX: readonly BounceCase[] = [
  prose({
    ...QMAIL,
    name: 'qmail: no mailbox here',
    text: `${QMAIL_LEAD}<ada@customer.example>:\nSorry, no mailbox here by that name. (#5.1.1)${QMAIL_COPY}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...QMAIL,
    name: 'qmail: the remote host refused',
    text: `${QMAIL_LEAD}<ada@customer.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 <ada@customer.example>: no such account\nGiving up on 192.0.2.1.${QMAIL_COPY}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...QMAIL,
    name: 'qmail: no such host',
    text: `${QMAIL_LEAD}<ada@custmer.example>:\nSorry, I couldn't find any host named custmer.example. (#5.1.2)${QMAIL_COPY}`,
    expect: ['ada@custmer.example 5.1.2 hard'],
  }),
  prose({
    ...QMAIL,
    name: 'qmail: too long in the queue',
    text: `${QMAIL_LEAD}<ada@customer.example>:\nCNAME lookup failed temporarily. (#4.4.3)\nI'm not going to try again; this message has been in the queue too long.${QMAIL_COPY}`,
    expect: ['ada@customer.example 4.4.3 soft'],
  }),
  prose({
    ...QMAIL,
    name: 'qmail: three digits only',
    text: `${QMAIL_LEAD}<ada@customer.example>:\n192.0.2.1 failed after I sent the message.\nRemote host said: 554 Message refused${QMAIL_COPY}`,
    expect: ['ada@customer.example - hard'],
  }),
  prose({
    ...QMAIL,
    name: 'qmail: two recipients',
    text: `${QMAIL_LEAD}<ada@customer.example>:\nUser's mailbox is over quota. (#5.2.2)\n\n<bob@customer.example>:\nThis address no longer accepts mail.${QMAIL_COPY}`,
    expect: ['ada@customer.example 5.2.2 soft', 'bob@customer.example - hard'],
  }),
  prose({
    ...EXIM,
    name: 'Exim: refused after RCPT',
    more: 'Return-Path: <>\nX-Failed-Recipients: ada@customer.example\nAuto-Submitted: auto-replied',
    text: `${EXIM_LEAD}  ada@customer.example\n    host mx.customer.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<ada@customer.example>:\n    550 5.1.1 User unknown in virtual table${EXIM_COPY}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...EXIM,
    name: 'Exim: unrouteable',
    more: 'Return-Path: <>\nX-Failed-Recipients: ada@custmer.example',
    text: `${EXIM_LEAD}  ada@custmer.example\n    Unrouteable address${EXIM_COPY}`,
    expect: ['ada@custmer.example - hard'],
  }),
  prose({
    ...EXIM,
    name: 'Exim without X-Failed-Recipients: retry timeout',
    text: `${EXIM_LEAD}  ada@customer.example\n    retry timeout exceeded${EXIM_COPY}`,
    expect: ['ada@customer.example - soft'],
  }),
  prose({
    ...EXIM,
    subject: 'Warning: message 1abCdE-000001-Xy delayed 48 hours',
    name: 'Exim: delayed',
    text: 'This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 48 hours on the queue on exim.isp.example.\n\nThe message identifier is:     1abCdE-000001-Xy\nThe subject of the message is: Your order 1001\n\nThe address to which the message has not yet been delivered is:\n\n  ada@customer.example\n    Delay reason: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time.',
    expect: ['ada@customer.example - soft delayed'],
  }),
  prose({
    ...EXIM,
    name: 'Exim: two recipients, one over quota',
    more: 'Return-Path: <>\nX-Failed-Recipients: ada@customer.example,\n bob@customer.example',
    text: `${EXIM_LEAD}  ada@customer.example\n    SMTP error from remote mail server after end of data:\n    host mx.customer.example [192.0.2.1]: 552 5.2.2 quota used up\n  bob@customer.example\n    host mx.customer.example [192.0.2.1]: 550 no such user${EXIM_COPY}`,
    expect: ['ada@customer.example 5.2.2 soft', 'bob@customer.example - hard'],
  }),
  prose({
    ...EXIM,
    name: 'Exim: an alias of the recipient failed',
    more: 'Return-Path: <>\nX-Failed-Recipients: ada@customer.example',
    text: `${EXIM_LEAD}  ada.l@elsewhere.example\n    (generated from ada@customer.example)\n    host mx.elsewhere.example [192.0.2.9]: 550 5.1.1 unknown${EXIM_COPY}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...SENDMAIL,
    name: 'Sendmail: transcript with a reason',
    text: `The original message was received at Mon, 2 Nov 2026 23:00:00 GMT\nfrom app.shop.example [192.0.2.7]\n\n   ----- The following addresses had permanent fatal errors -----\n<ada@customer.example>\n    (reason: 550 5.1.1 <ada@customer.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.customer.example.:\n>>> RCPT To:<ada@customer.example>\n<<< 550 5.1.1 <ada@customer.example>... User unknown\n550 5.1.1 <ada@customer.example>... User unknown\n\n   ----- Original message follows -----\n\n${OUR_MAIL}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...SENDMAIL,
    name: 'Sendmail of the nineties: transcript first',
    text: `   ----- Transcript of session follows -----\n... while talking to mx.customer.example.:\n>>> RCPT To:<ada@customer.example>\n<<< 550 <ada@customer.example>... User unknown\n550 ada@customer.example... User unknown\n\n   ----- Unsent message follows -----\n${OUR_MAIL}`,
    expect: ['ada@customer.example - hard'],
  }),
  prose({
    ...SENDMAIL,
    subject: 'Warning: could not send message for past 4 hours',
    name: 'Sendmail: warning',
    text: '    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at Mon, 2 Nov 2026 19:00:00 GMT\n\n   ----- Transcript of session follows -----\n<ada@customer.example>... Deferred: Connection timed out with mx.customer.example.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old',
    expect: ['ada@customer.example - soft delayed'],
  }),
  prose({
    from: 'MAILER-DAEMON@postfix.isp.example (Mail Delivery System)',
    subject: 'Undelivered Mail Returned to Sender',
    name: 'old Postfix',
    text: `This is the Postfix program at host postfix.isp.example.\n\nYour message could not be delivered to one or more recipients.\nIt is attached below.\n\n\t\t\tThe Postfix program\n\n<ada@customer.example>: host mx.customer.example[192.0.2.1] said: 550\n    <ada@customer.example>: User unknown in local recipient table (in reply to\n    RCPT TO command)\n\n${OUR_MAIL}`,
    expect: ['ada@customer.example - hard'],
  }),
  withCopy({
    from: 'MAILER-DAEMON@postfix.isp.example',
    subject: 'Undelivered Mail Returned to Sender',
    name: 'Postfix whose report a gateway took out',
    text: '<ada@customer.example>: host mx.customer.example[192.0.2.1] said: 552 5.2.2\n    over quota (in reply to end of DATA command)',
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  withCopy({
    from: 'MAILER-DAEMON@isp.example',
    subject: 'Undeliverable mail',
    name: 'headers as text/rfc822-headers beside a text',
    copyType: 'text/rfc822-headers',
    text: 'Failed to deliver to ada@customer.example\n\nserver answered: 554 5.7.1 refused by policy',
    expect: ['ada@customer.example 5.7.1 hard'],
  }),
  prose({
    from: 'MAILER-DAEMON@smail.isp.example (Mail Delivery Subsystem)',
    subject: 'mail failed, returning to sender',
    name: 'smail',
    text: `|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n <ada@customer.example> ... transport smtp: 550 <ada@customer.example>... User unknown\n|------------------------- Message text follows: ------------------------|\n${OUR_HEADER}`,
    expect: ['ada@customer.example - hard'],
  }),
  prose({
    from: 'Mailer Daemon <MAILER-DAEMON@opensmtpd.example>',
    subject: 'Delivery status notification: error',
    name: 'old OpenSMTPD',
    text: `Hi!\n\nThis is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\nAn error has occurred while attempting to deliver a message for\nthe following list of recipients:\n\nada@customer.example: 550 5.1.1 no mailbox here\n\nBelow is a copy of the original message:\n\n${OUR_MAIL}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    from: 'MDaemon@customer.example',
    subject: 'Permanent Delivery Failure',
    name: 'MDaemon',
    text: `The attached message had PERMANENT fatal delivery errors!\n\nFailed address: ada@customer.example\n\n--- Session Transcript ---\n Mon 2026-11-02 23:05:01: --> RCPT To:<ada@customer.example>\n Mon 2026-11-02 23:05:01: <-- 550 5.1.1 Recipient unknown\n--- End Transcript ---\n\n${OUR_HEADER}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
];
