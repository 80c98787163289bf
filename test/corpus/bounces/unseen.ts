// Bounces written after the rules were, of servers and languages that no other set has.
import { type BounceCase, OUR_HEADER, OUR_MAIL, prose, report, withCopy } from './build.ts';

export const UNSEEN: readonly BounceCase[] = [
  prose({
    from: 'Postmaster@imail.isp.example',
    subject: 'Undeliverable Mail',
    name: 'IMail',
    text: `Unknown user: ada@customer.example\n\nRCPT TO generated following response:\n550 not local host customer.example, not a gateway\n\nOriginal message follows.\n\n${OUR_MAIL}`,
    expect: ['ada@customer.example - hard'],
  }),
  prose({
    from: 'MAILER-DAEMON@filter.example',
    subject: 'Mail System Error',
    name: 'a filter in front',
    text: `This message was created automatically by the mail system.\n\nThe message could not be delivered to:\n\n    <ada@customer.example>\n\nServer response was:\n\n    550-Invalid recipient ada@customer.example\n    550 (#5.1.1)\n\n${OUR_HEADER}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    from: 'mailer-daemon@zmail.example',
    subject: 'Undelivered Mail Returned to Sender',
    name: 'an error code in words',
    text: `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\nada@customer.example, ERROR CODE :550 - 5.1.1 no account by that name\n\nReceived:from mail.shop.example by mx.zmail.example\n${OUR_HEADER}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  withCopy({
    from: 'MAILER-DAEMON@gate.customer.example',
    subject: 'Undeliverable mail: Your order 1001',
    name: 'CommuniGate without its report',
    text: "Failed to deliver to '<ada@customer.example>'\nSMTP module(domain customer.example) reports:\n host mx.customer.example says:\n 452 4.2.2 mailbox is over its limit",
    expect: ['ada@customer.example 4.2.2 soft'],
  }),
  prose({
    from: 'Electronic Postmaster <postmaster@mercury.example>',
    subject: 'Postmaster notify: message delivery failure',
    name: 'Mercury',
    text: `The attached message has failed delivery and has been referred\nto you as postmaster. The following error report or reports\nwere given to explain the problem:\n\n   *** ada@customer.example\n   User not known at this site.\n\n${OUR_HEADER}`,
    expect: ['ada@customer.example - hard'],
  }),
  withCopy({
    from: 'System Administrator <postmaster@customer.example>',
    subject: 'Undeliverable: Your order 1001',
    name: 'Exchange 5.5',
    text: "Your message\n\n  To:      'ada@customer.example'\n  Subject: Your order 1001\n  Sent:    Mon, 2 Nov 2026 23:00:00 +0000\n\ndid not reach the following recipient(s):\n\nada@customer.example on Mon, 2 Nov 2026 23:05:00 +0000\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=us;a= ;p=customer;l=EX-1\n    MSEXCH:IMS:Customer:EX 0 (000C05A6) Unknown Recipient",
    expect: ['ada@customer.example - hard'],
  }),
  report({
    from: 'PowerMTA <postmaster@pmta.example>',
    subject: 'Delivery report',
    name: 'PowerMTA: blocked for its reputation',
    perMessage: 'Reporting-MTA: dns;pmta.example (PowerMTA(TM) v5.0r1)\nArrival-Date: Mon, 2 Nov 2026 23:00:00 +0000',
    recipients: [
      'Final-Recipient: rfc822;ada@customer.example\nAction: failed\nStatus: 4.4.7 (delivery time expired)\nRemote-MTA: dns;mx.customer.example (192.0.2.1)\nDiagnostic-Code: smtp;421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred\nX-PowerMTA-BounceCategory: spam-related',
    ],
    expect: ['ada@customer.example 4.7.0 soft'],
  }),
  report({
    from: 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
    subject: 'Delivery Status Notification (Failure)',
    name: 'Gmail in Chinese',
    human: '** 找不到地址 **\n\n您的邮件未送达 ada@customer.example,因为系统找不到该地址或该地址无法接收邮件。',
    recipients: [
      'Final-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.2.1\nDiagnostic-Code: smtp; 550-5.2.1 The email account that you tried to reach is disabled.\n 550 5.2.1 Learn more',
    ],
    expect: ['ada@customer.example 5.2.1 hard'],
  }),
  prose({
    from: 'Mail Delivery System <mailer-daemon@tr.isp.example>',
    subject: 'Teslim edilemedi: Siparişiniz',
    name: 'in Turkish',
    text: `İletiniz aşağıdaki alıcıya teslim edilemedi:\n\nada@customer.example\n\nSebep: 550 5.1.1 Kullanıcı bulunamadı\n`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    from: 'postmaster@kr.isp.example',
    subject: '반송: 주문 1001',
    name: 'in Korean',
    text: `메일이 전달되지 못했습니다.\n\n받는 사람: ada@customer.example\n사유: 수신자의 메일함 용량이 초과되었습니다. (552 5.2.2)\n`,
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  prose({
    from: 'MAILER-DAEMON@cz.isp.example (Mail Delivery System)',
    subject: 'Nedoručitelná zpráva',
    name: 'in Czech, two recipients',
    text: `Vaši zprávu nebylo možné doručit těmto příjemcům:\n\n<ada@customer.example>: host mx.customer.example[192.0.2.1] said: 550 5.1.1 neznámý uživatel\n<bob@customer.example>: connect to mx.customer.example[192.0.2.1]:25: Connection refused\n\n${OUR_HEADER}`,
    expect: ['ada@customer.example 5.1.1 hard', 'bob@customer.example - soft'],
  }),
  prose({
    from: 'Microsoft Outlook <postmaster@customer.example>',
    subject: 'Kan ikke leveres: Din ordre 1001',
    name: 'Exchange in Norwegian',
    text: 'Leveringen mislyktes for disse mottakerne eller gruppene:\n\nAda Lovelace (ada@customer.example)\nE-postadressen du skrev inn, ble ikke funnet.\n\nDiagnostikkinformasjon for administratorer:\n\nGenererende server: ex.customer.example\n\nada@customer.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n',
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
];
