// The large providers and groupware that write RFC 3464: Office 365, Exchange, SES and others.
import { type BounceCase, report } from './build.ts';

const OFFICE = {
  from: 'Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@tenant.onmicrosoft.example>',
  subject: 'Undeliverable: Your order 1001',
  more: 'Return-Path: <>\nX-MS-Exchange-Message-Is-Ndr:\nAuto-Submitted: auto-replied',
};
const fields = (status: string, diagnostic: string, action = 'failed', address = 'ada@customer.example'): string =>
  `Final-Recipient: rfc822;${address}\nAction: ${action}\nStatus: ${status}\nDiagnostic-Code: ${diagnostic}`;

export const CLOUDS: readonly BounceCase[] = [
  report({
    ...OFFICE,
    name: 'Office 365: recipient not found',
    human: "Your message to ada@customer.example couldn't be delivered.\n\nada wasn't found at customer.example.",
    recipients: [
      fields(
        '5.1.10',
        'smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@customer.example not found by SMTP address lookup',
      ),
    ],
    expect: ['ada@customer.example 5.1.10 hard'],
  }),
  report({
    ...OFFICE,
    name: 'Office 365: the domain is not there',
    recipients: [
      fields('5.4.310', 'smtp;550 5.4.310 DNS domain custmer.example does not exist [Message=InfoDomainNonexistent]'),
    ],
    expect: ['ada@customer.example 5.4.310 hard'],
  }),
  report({
    ...OFFICE,
    name: 'Office 365: given up after a day',
    recipients: [fields('4.4.7', 'smtp;550 4.4.7 QUEUE.Expired; message expired')],
    expect: ['ada@customer.example 4.4.7 soft'],
  }),
  report({
    ...OFFICE,
    name: 'Office 365: mailbox full',
    recipients: [fields('5.2.2', 'smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException')],
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  report({
    ...OFFICE,
    name: 'Office 365: access denied',
    recipients: [fields('5.7.124', 'smtp;550 5.7.124 RESOLVER.RST.SenderNotInAllowedSendersList; not allowed')],
    expect: ['ada@customer.example 5.7.124 hard'],
  }),
  report({
    ...OFFICE,
    subject: 'Unzustellbar: Ihre Bestellung 1001',
    name: 'Office 365 in German',
    human: 'Ihre Nachricht an ada@customer.example konnte nicht zugestellt werden.',
    recipients: [fields('5.1.1', 'smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found')],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    ...OFFICE,
    from: 'postmaster@exchange.customer.example',
    name: 'Exchange on premises: 5.0.0 over 4.3.2',
    recipients: [fields('5.0.0', 'smtp;432 4.3.2 STOREDRV.Deliver; recipient thread limit reached')],
    expect: ['ada@customer.example 4.3.2 soft'],
  }),
  report({
    ...OFFICE,
    from: 'System Administrator <postmaster@exchange.customer.example>',
    name: 'Exchange 2003: an X.400 recipient beside one of SMTP',
    recipients: [
      'Final-Recipient: X400;c=us;a= ;p=Customer;o=Exchange;s=bob;\nAction: failed\nStatus: 5.1.1',
      fields('5.1.1', 'smtp;550 5.1.1 unknown'),
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    from: 'MAILER-DAEMON@amazonses.com',
    subject: 'Delivery Status Notification (Failure)',
    name: 'Amazon SES: suppressed or refused',
    human: 'An error occurred while trying to deliver the mail to the following recipients:\nada@customer.example',
    perMessage: 'Reporting-MTA: dsn; a1-2.smtp-out.amazonses.com',
    recipients: [
      'Action: failed\nFinal-Recipient: rfc822; ada@customer.example\nDiagnostic-Code: smtp; 550 5.1.1 Requested action not taken: mailbox unavailable\nStatus: 5.1.1',
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    from: 'MAILER-DAEMON@amazonses.com',
    subject: 'Delivery Status Notification (Failure)',
    name: 'Amazon SES: expired',
    recipients: [
      'Action: failed\nFinal-Recipient: rfc822; ada@customer.example\nDiagnostic-Code: smtp; 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0 Unable to lookup DNS for customer.example>\nStatus: 4.4.7',
    ],
    expect: ['ada@customer.example 4.4.7 soft'],
  }),
  report({
    from: 'MAILER-DAEMON@yahoo.example',
    subject: 'Failure Notice',
    name: 'Yahoo with a report',
    human:
      'Sorry, we were unable to deliver your message to the following address.\n\n<ada@customer.example>:\n552: 5.2.2 Mailbox full',
    recipients: [fields('5.2.2', 'smtp; 552 5.2.2 Mailbox full')],
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  report({
    from: 'Postmaster@domino.customer.example',
    subject: 'DELIVERY FAILURE: User ada (ada@customer.example) not listed in Domino Directory',
    name: 'Domino with a report',
    recipients: [
      'Final-Recipient: rfc822;ada@customer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X-Notes; User ada (ada@customer.example) not listed in Domino Directory',
    ],
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  report({
    from: 'Mail Delivery System <mailer-daemon@corp.mailru.example>',
    subject: 'Mail failure.',
    name: 'mail.ru with a report',
    human:
      'Это письмо создано автоматически. К сожалению, ваше письмо не может быть доставлено:\n\nada@customer.example',
    recipients: [
      fields(
        '5.0.0',
        'smtp; 550 Message was not accepted -- invalid mailbox. Local mailbox ada@customer.example is unavailable: user not found',
      ),
    ],
    expect: ['ada@customer.example 5.0.0 hard'],
  }),
  report({
    from: 'postmaster@groupwise.customer.example',
    subject: 'Message status - undeliverable',
    name: 'GroupWise with a report',
    recipients: ['Final-Recipient: rfc822;ada@customer.example\nAction: failed\nStatus: 5.1.1 (recipient not found)'],
    returned: 'none',
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
];
