// Bounces of prose alone: Exchange and Office 365 in several languages, Domino, GroupWise, MailEnable, Gmail's HTML.
import { type BounceCase, OUR_HEADER, OUR_ID, prose, withCopy } from './build.ts';

const EXCHANGE = { from: 'Microsoft Outlook <postmaster@customer.example>' };
/** What Office 365 puts below a notice, for administrators. */
const admin = (line: string, headers: string): string =>
  `\n\nGenerating server: AB1PR01.customer.example\n\nada@customer.example\nRemote Server returned '${line}'\n\n${headers}\n\nReceived: from x by y; Mon, 2 Nov 2026 23:00:01 +0000\nMessage-ID: ${OUR_ID}\n`;
const NOT_FOUND = '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found';

export const PROSE_GROUPWARE: readonly BounceCase[] = [
  prose({
    ...EXCHANGE,
    subject: 'Undeliverable: Your order 1001',
    name: 'Office 365 in English',
    text: `Delivery has failed to these recipients or groups:\n\nAda (ada@customer.example)<mailto:ada@customer.example>\nThe email address you entered couldn't be found. Please check it and try to resend the message.\n\nDiagnostic information for administrators:${admin(NOT_FOUND, 'Original message headers:')}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...EXCHANGE,
    subject: 'Unzustellbar: Ihre Bestellung 1001',
    name: 'Exchange in German',
    text: `Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nada@customer.example<mailto:ada@customer.example>\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n\nDiagnoseinformationen für Administratoren:${admin(NOT_FOUND, 'Ursprüngliche Nachrichtenkopfzeilen:')}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...EXCHANGE,
    subject: 'Non remis : Votre commande 1001',
    name: 'Exchange in French',
    text: `Échec de la remise pour ces destinataires ou groupes :\n\nada@customer.example<mailto:ada@customer.example>\nLa boîte aux lettres du destinataire est pleine.\n\nInformations de diagnostic pour les administrateurs :${admin('554 5.2.2 mailbox full', "En-têtes de message d'origine :")}`,
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  prose({
    ...EXCHANGE,
    subject: 'No se puede entregar: Su pedido 1001',
    name: 'Exchange in Spanish',
    text: `No se pudo entregar el mensaje a estos destinatarios o grupos:\n\nada@customer.example<mailto:ada@customer.example>\nNo se encontró la dirección de correo electrónico especificada.\n\nInformación de diagnóstico para administradores:${admin(NOT_FOUND, 'Encabezados de mensajes originales:')}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...EXCHANGE,
    subject: '配信不能: ご注文 1001',
    name: 'Exchange in Japanese',
    text: `次の受信者またはグループへの配信に失敗しました:\n\nada@customer.example<mailto:ada@customer.example>\n入力した電子メール アドレスが見つかりませんでした。\n\n管理者向けの診断情報:${admin(NOT_FOUND, '元のメッセージ ヘッダー:')}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...EXCHANGE,
    subject: 'Onbestelbaar: Uw bestelling 1001',
    name: 'Exchange in Dutch',
    text: `Bezorging van het bericht aan deze geadresseerden of groepen is mislukt:\n\nada@customer.example<mailto:ada@customer.example>\nHet ingevoerde e-mailadres is niet gevonden.\n\nDiagnostische gegevens voor beheerders:${admin(NOT_FOUND, 'Oorspronkelijke berichtkoppen:')}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...EXCHANGE,
    subject: 'Undeliverable: Your order 1001',
    name: 'Office 365 in HTML',
    type: 'text/html; charset=utf-8',
    text: "<html><body><p><b>Delivery has failed to these recipients or groups:</b></p><p><a href=\"mailto:ada@customer.example\">ada@customer.example</a><br>The recipient's mailbox is full and can't accept messages now.</p><p>Diagnostic information for administrators:</p><p>ada@customer.example<br>Remote Server returned '554 5.2.2 mailbox full'</p></body></html>",
    expect: ['ada@customer.example 5.2.2 soft'],
  }),
  withCopy({
    from: 'System Administrator <postmaster@customer.example>',
    subject: 'Undeliverable: Your order 1001',
    name: 'Exchange 2003',
    text: 'Your message did not reach some or all of the intended recipients.\n\n      Subject:\tYour order 1001\n      Sent:\t11/2/2026 11:00 PM\n\nThe following recipient(s) could not be reached:\n\n      ada@customer.example on 11/2/2026 11:05 PM\n            The e-mail account does not exist at the organization this message was sent to.\n            <exchange.customer.example #5.1.1>',
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    ...EXCHANGE,
    subject: 'Delivery delayed: Your order 1001',
    name: 'Exchange: delayed',
    text: 'Delivery is delayed to these recipients or groups:\n\nada@customer.example<mailto:ada@customer.example>\n\nSubject: Your order 1001\n\nThis message has not yet been delivered. Delivery will continue to be attempted.\nThe server will keep trying to deliver this message for the next 1 days, 19 hours and 55 minutes.',
    expect: ['ada@customer.example - soft delayed'],
  }),
  prose({
    ...EXCHANGE,
    subject: 'Undeliverable: Your order 1001',
    name: 'Office 365: this mailbox sends too much',
    text: "Your message couldn't be sent.\n\nada@customer.example\nYour message can't be sent because you've reached your daily limit for message recipients.\n\nRemote Server returned '550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients'",
    expect: ['ada@customer.example 5.1.90 limit'],
  }),
  withCopy({
    from: 'postmaster@domino.customer.example',
    subject: 'DELIVERY FAILURE: User ada (ada@customer.example) not listed in Domino Directory',
    name: 'Domino',
    text: 'Your message\n\n  Subject: Your order 1001\n\nwas not delivered to:\n\n  ada@customer.example\n\nbecause:\n\n  User ada (ada@customer.example) not listed in Domino Directory',
    expect: ['ada@customer.example - hard'],
  }),
  withCopy({
    from: 'Mail Router <postmaster@domino.customer.example>',
    subject: 'DELIVERY FAILURE: Error transferring to MX.CUSTOMER.EXAMPLE; Maximum hop count exceeded.',
    name: 'Domino: a loop',
    text: 'Your message\n\n  Subject: Your order 1001\n\nwas not delivered to:\n\n  ada@customer.example\n\nbecause:\n\n  Error transferring to MX.CUSTOMER.EXAMPLE; Maximum hop count exceeded.  Message probably in a routing loop.',
    expect: ['ada@customer.example - hard'],
  }),
  withCopy({
    from: 'Mail Delivery System <postmaster@groupwise.customer.example>',
    subject: 'Mail System Error - Returned Mail',
    name: 'GroupWise',
    text: 'The message that you sent was undeliverable to the following:\n\tada@customer.example (user not found)\n\nPossibly truncated original message follows:',
    expect: ['ada@customer.example - hard'],
  }),
  prose({
    from: 'Mail Delivery System <postmaster@mailenable.example>',
    subject: 'Message Delivery Failure',
    name: 'MailEnable',
    text: `MailEnable: Message could not be delivered to some recipients.\nThe following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:ada@customer.example]\n\tReason: Remote SMTP Server Returned: 550 5.1.1 No such user\n\n\nMessage headers follow:\n\n${OUR_HEADER}`,
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    from: 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
    subject: 'Delivery Status Notification (Failure)',
    name: "Gmail's HTML alone",
    more: 'Return-Path: <>\nX-Failed-Recipients: ada@customer.example\nAuto-Submitted: auto-replied\nReferences: <order.1001@shop.example>\nIn-Reply-To: <order.1001@shop.example>',
    type: 'text/html; charset=utf-8',
    text: '<html><body><h2>Address not found</h2><p>Your message wasn\'t delivered to <a href="mailto:ada@customer.example"><b>ada@customer.example</b></a> because the address couldn\'t be found, or is unable to receive mail.</p><p>The response from the remote server was:</p><p>550 5.1.1 no such account</p></body></html>',
    expect: ['ada@customer.example 5.1.1 hard'],
  }),
  prose({
    from: 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
    subject: 'Delivery Status Notification (Failure)',
    name: 'Gmail: message blocked by a limit, as text',
    more: 'Return-Path: <>\nX-Failed-Recipients: ada@customer.example',
    text: 'You have reached a limit for sending mail. Your message was not sent.',
    expect: ['ada@customer.example - limit'],
  }),
];
