// What comes back in answer to a message: a mail of each kind of reply event, as the servers of customers write them.

export interface Answer {
  readonly name: string;
  readonly raw: string;
  /** Written in the mailbox itself: filed in Sent, without the trace of a delivery. */
  readonly isByHand?: boolean;
}

const ADA = 'Ada Lovelace <ada@customer.example>';
const SUPPORT = 'Shop support <support@shop.example>';

/** @param question the Message-ID of the message that they answer */
export function exampleAnswers(question: string): readonly Answer[] {
  return [
    { name: 'reply', raw: mail('reply', question, {}, quoting()) },
    { name: 'reply-with-files', raw: mail('files', question, withFiles(), filesBody()) },
    { name: 'reply-to-another-address', raw: mail('desk', question, { 'Reply-To': 'Desk <desk@customer.example>' }) },
    { name: 'reply-by-references', raw: mail('ref', `<x@customer.example> ${question}`, {}, 'Yes.', 'References') },
    { name: 'reply-of-a-stranger', raw: mail('eve', question, { From: 'Eve <eve@elsewhere.example>' }) },
    { name: 'reply-large', raw: mail('large', question, {}, `${'A long line. '.repeat(60)}\r\n`.repeat(800)) },
    { name: 'invitation-accepted', raw: mail('calendar', question, alternative(), calendarBody()) },
    { name: 'auto-reply', raw: mail('away', question, { 'Auto-Submitted': 'auto-replied' }, 'I am away.') },
    { name: 'bounce', raw: bounce(question) },
    {
      name: 'answered-by-hand',
      raw: mail('hand', question, { From: SUPPORT, To: ADA }, 'We will call you.'),
      isByHand: true,
    },
  ];
}

function mail(
  id: string,
  question: string,
  more: Readonly<Record<string, string>> = {},
  body = 'Yes.',
  naming: 'In-Reply-To' | 'References' = 'In-Reply-To',
): string {
  const headers = {
    From: ADA,
    To: SUPPORT,
    Subject: 'Re: Your order 4711',
    'Message-ID': `<${id}@customer.example>`,
    [naming]: question,
    'MIME-Version': '1.0',
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`;
}

function quoting(): string {
  return 'Yes please.\r\n\r\nOn Monday, Shop support wrote:\r\n> It is on its way.';
}

function withFiles(): Readonly<Record<string, string>> {
  return { 'Content-Type': 'multipart/mixed; boundary=b' };
}

function filesBody(): string {
  return [
    '--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>See the <b>file</b>.</p>',
    '--b\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Disposition: attachment; filename="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK',
    '--b--',
  ].join('\r\n');
}

function alternative(): Readonly<Record<string, string>> {
  return { Subject: 'Accepted: Visit', 'Content-Type': 'multipart/alternative; boundary=b' };
}

function calendarBody(): string {
  const event =
    'BEGIN:VCALENDAR\r\nPRODID:-//Calendar//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nDTSTART:20261109T100000Z\r\nDTSTAMP:20261102T230500Z\r\nORGANIZER:mailto:support@shop.example\r\nUID:visit-7@shop.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@customer.example\r\nSEQUENCE:0\r\nSUMMARY:Visit\r\nEND:VEVENT\r\nEND:VCALENDAR';
  const text = '--b\r\nContent-Type: text/plain\r\n\r\nAda has accepted.';
  return `${text}\r\n--b\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n${event}\r\n--b--`;
}

function bounce(question: string): string {
  const body = [
    '--b\r\nContent-Type: text/plain\r\n\r\nYour mail was not delivered.',
    '--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.customer.example\r\n\r\nFinal-Recipient: rfc822; ada@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n',
    `--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${question}\r\nSubject: Your order 4711\r\n`,
    '--b--',
  ].join('\r\n');
  const headers = {
    From: 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
    Subject: 'Delivery Status Notification (Failure)',
    'Return-Path': '<>',
    'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
  };
  return mail('bounce', question, headers, body);
}
