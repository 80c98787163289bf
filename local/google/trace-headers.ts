// The fields that Google's servers write above a mail, in their order. Seen in real mail (lore.kernel.org's archives):
// ARC-Authentication-Results, Return-Path, Received … by mx.google.com, Received-SPF, Authentication-Results, and only
// then what came with the mail. So Gmail's own verdict stands directly BELOW its `Received … by mx.google.com`.

export type Verdict = 'pass' | 'fail' | 'none';

export interface Submission {
  account: string;
  heloName: string;
  peer: string;
  id: string;
  /** Only where there is one: with several, the line would tell all of them about a Bcc. */
  recipient: string | undefined;
  at: number;
}

export function submissionReceived(of: Submission): string {
  return fold([
    `Received: from ${of.heloName} ([${of.peer}])`,
    `        by smtp.gmail.com with ESMTPSA id ${of.id}`,
    ...(of.recipient === undefined ? [] : [`        for <${of.recipient}>`]),
    '        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);',
    `        ${pacificDate(of.at)}`,
  ]);
}

export interface Arrival {
  recipient: string;
  envelopeFrom: string;
  headerFrom: string;
  id: string;
  at: number;
  fromHost: string;
  verdict: Verdict;
}

export function arrivalTrace(of: Arrival): string {
  const results = verdictLines(of);
  return [
    `Delivered-To: ${of.recipient}\r\n`,
    fold([`Received: by 2002:a05:7300:d20e:b0:1${of.id.slice(0, 2)}:0:0 with SMTP id ${of.id};`, indented(of.at)]),
    fold([`X-Received: by 2002:a05:600c:4f0e:: with SMTP id ${of.id};`, indented(of.at)]),
    fold(['ARC-Authentication-Results: i=1; mx.google.com;', ...results]),
    `Return-Path: <${of.envelopeFrom}>\r\n`,
    fold([
      `Received: from ${of.fromHost} (${of.fromHost}. [127.0.0.1])`,
      `        by mx.google.com with SMTPS id ${of.id}`,
      `        for <${of.recipient}>`,
      '        (Google Transport Security);',
      indented(of.at),
    ]),
    `Received-SPF: ${spfText(of)} client-ip=127.0.0.1;\r\n`,
    fold(['Authentication-Results: mx.google.com;', ...results]),
  ].join('');
}

function verdictLines(of: Arrival): string[] {
  const domain = domainOf(of.headerFrom);
  const dkim = { pass: `dkim=pass header.i=@${domain} header.s=20230601 header.b=local123;`, fail: '', none: '' };
  return [
    dkim[of.verdict],
    `spf=${spfText(of)} smtp.mailfrom=${of.envelopeFrom};`,
    `dmarc=${of.verdict} (p=NONE sp=NONE dis=NONE) header.from=${domain}`,
  ]
    .filter((line) => line !== '')
    .map((line) => `       ${line}`);
}

function spfText(of: Arrival): string {
  const domain = `google.com: domain of ${of.envelopeFrom}`;
  const texts: Record<Verdict, string> = {
    pass: `pass (${domain} designates 127.0.0.1 as permitted sender)`,
    fail: `fail (${domain} does not designate 127.0.0.1 as permitted sender)`,
    none: `none (google.com: ${of.envelopeFrom} does not designate permitted sender hosts)`,
  };
  return texts[of.verdict];
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function indented(at: number): string {
  return `        ${pacificDate(at)}`;
}

function fold(lines: string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}

/** Google stamps in Pacific time; without daylight saving it is UTC-8. */
function pacificDate(at: number): string {
  const [weekday = '', day, month, year, time] = new Date(at - 8 * 3600 * 1000).toUTCString().split(' ');
  return `${weekday} ${day} ${month} ${year} ${time} -0800 (PST)`;
}
