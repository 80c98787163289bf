// Only Gmail's own verdict proves a sender, and only of the one address in From: nothing that a sender writes does.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMail } from '../../lib/mime/mail-content.ts';
import type { HeaderField } from '../../lib/mime/mail-parts.ts';
import { authenticate } from '../../lib/mime/sender-authentication.ts';
import { arrivalTrace } from '../../local/google/trace-headers.ts';
import { processorMs } from '../processor-time.ts';

const UNKNOWN = { authenticated: 'unknown', dmarc: 'unknown', spf: 'unknown', dkim: 'unknown' };
const ARRIVAL =
  'Received: from mx.customer.example (mx.customer.example. [192.0.2.1]) by mx.google.com with ESMTPS id a1 for <support@shop.example> (version=TLS1_3); Mon, 2 Nov 2026 15:00:00 -0800 (PST)';
const SPF =
  'Received-SPF: pass (google.com: domain of ada@customer.example designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1;';
const ABOVE = [
  'Delivered-To: support@shop.example',
  'Received: by 2002:a05:7300::1 with SMTP id x; Mon, 2 Nov 2026 15:00:00 -0800 (PST)',
  'X-Received: by 2002:a05:600c:: with SMTP id y',
  'ARC-Seal: i=1; a=rsa-sha256',
  'ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass',
  'Return-Path: <ada@customer.example>',
];
const FROM = 'From: Ada <ada@customer.example>';
const OWN = 'Authentication-Results: mx.google.com; dmarc=pass (p=NONE) header.from=customer.example';

const judge = (...lines: string[]) => authenticate(lines.map(toField));
const toField = (line: string): HeaderField => {
  const colon = line.indexOf(':');
  return { key: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trim() };
};
/** As a mail that came to Gmail, with these results. */
const arrived = (results: string, from = FROM) =>
  judge(
    ...ABOVE,
    ARRIVAL,
    SPF,
    `Authentication-Results: mx.google.com; ${results}`,
    'Received: from pc by mx.customer.example',
    from,
  );

describe("Gmail's verdict", () => {
  it('is believed where Gmail writes it', async () => {
    const trace = arrivalTrace({
      recipient: 'support@shop.example',
      envelopeFrom: 'ada@customer.example',
      headerFrom: 'ada@customer.example',
      id: 'abc123',
      at: 0,
      fromHost: 'mx.customer.example',
      verdict: 'pass',
    });
    const { authentication } = await readMail(Buffer.from(`${trace}${FROM}\r\n\r\nYes`));
    expect(authentication).toEqual({ authenticated: true, dmarc: true, spf: true, dkim: true });
  });

  it.each([
    ['dmarc=pass of the From domain', 'dmarc=pass header.from=customer.example', true],
    ['dmarc=pass in other letters', 'dmarc=pass header.from=CUSTOMER.Example', true],
    ['dmarc=pass of another domain', 'dmarc=pass header.from=evil.example', false],
    ['dmarc=pass of nobody', 'dmarc=pass', false],
    [
      'dmarc=fail, though DKIM passed',
      'dkim=pass header.i=@customer.example; dmarc=fail header.from=customer.example',
      false,
    ],
    ['no DMARC, DKIM of a subdomain', 'dkim=pass header.i=@mail.customer.example', true],
    ['no DMARC, DKIM by d=', 'dkim=pass header.d=customer.example', true],
    ['no DMARC, DKIM of a provider', 'dkim=pass header.i=@esp.example', false],
    [
      'no DMARC, a second DKIM that is aligned',
      'dkim=pass header.i=@esp.example; dkim=pass header.i=@customer.example',
      true,
    ],
    ['no DMARC, aligned DKIM that failed', 'dkim=fail header.i=@customer.example', false],
    [
      'DMARC without a policy, SPF aligned',
      'spf=pass smtp.mailfrom=bounce@mail.customer.example; dmarc=none header.from=customer.example',
      true,
    ],
    ['DMARC that could not be asked, SPF aligned', 'spf=pass smtp.mailfrom=customer.example; dmarc=temperror', true],
    ['SPF of another domain', 'spf=pass smtp.mailfrom=bounce@esp.example', false],
    ['SPF by the HELO name of a bounce', 'spf=pass smtp.helo=mx.customer.example', true],
    [
      'SPF by HELO beside an envelope sender',
      'spf=pass smtp.mailfrom=evil.example smtp.helo=mx.customer.example',
      false,
    ],
    ['SPF that is neutral', 'spf=neutral smtp.mailfrom=ada@customer.example', false],
    ['a method that proves nothing', 'arc=pass header.d=customer.example', false],
  ])('with %s', (_what, results, authenticated) => {
    expect(arrived(results).authenticated).toBe(authenticated);
  });

  it('tells each method apart', () => {
    expect(
      arrived(
        'dkim=fail header.d=x.example; dkim=pass header.d=y.example; spf=softfail smtp.mailfrom=a@b.example; dmarc=none',
      ),
    ).toEqual({ authenticated: false, dkim: true, spf: false, dmarc: 'unknown' });
    expect(arrived('dkim=permerror; spf=temperror; dmarc=fail header.from=customer.example')).toEqual({
      authenticated: false,
      dkim: false,
      spf: 'unknown',
      dmarc: false,
    });
    expect(arrived('none')).toMatchObject({ dkim: 'unknown', spf: 'unknown', dmarc: 'unknown' });
  });

  it('does not stretch over customers of one registry', () => {
    for (const [one, other] of [
      ['ada.github.io', 'eve.github.io'],
      ['ada.co.uk', 'eve.co.uk'],
      ['ada.blogspot.com', 'eve.blogspot.com'],
    ] as const) {
      expect(arrived(`dkim=pass header.d=${other}`, `From: a@${one}`).authenticated).toBe(false);
      expect(arrived(`dkim=pass header.d=mail.${one}`, `From: a@${one}`).authenticated).toBe(true);
    }
    expect(arrived('dkim=pass header.d=co.uk', 'From: a@shop.co.uk').authenticated).toBe(false);
  });

  it('compares domains in both of their spellings', () => {
    expect(arrived('dmarc=pass header.from=xn--bcher-kva.example', 'From: a@Bücher.example').authenticated).toBe(true);
    expect(arrived('dkim=pass header.d=bücher.example', 'From: a@mail.xn--bcher-kva.example').authenticated).toBe(true);
    expect(arrived('dmarc=pass header.from=bucher.example', 'From: a@bücher.example').authenticated).toBe(false);
  });
});

describe('the From field', () => {
  const bank = 'dmarc=pass header.from=bank.example';
  it.each([
    ['is missing', 'X-From: a@bank.example'],
    ['is empty', 'From: '],
    ['has two addresses', 'From: a@bank.example, eve@evil.example'],
    ['is a group', 'From: Bank: a@bank.example;'],
    ['is an empty group', 'From: a@bank.example:;'],
    ['names another in its display name', 'From: "a@bank.example" <eve@evil.example>'],
    ['hides the address in a comment', 'From: eve@evil.example (a@bank.example)'],
    ['has two angle addresses', 'From: <eve@evil.example> <a@bank.example>'],
    ['has two at signs', 'From: eve@evil.example@bank.example'],
    ['has a route', 'From: <@bank.example:eve@evil.example>'],
    ['is an encoded word', 'From: =?utf-8?Q?a=40bank.example?= <eve@evil.example>'],
    ['has a domain that only looks alike', 'From: a@bаnk.example'],
  ])('proves nobody where it %s', (_what, from) => {
    expect(arrived(bank, from).authenticated).toBe(false);
  });

  it('counts once', () => {
    expect(judge(...ABOVE, ARRIVAL, SPF, OWN, FROM, 'From: eve@evil.example').authenticated).toBe(false);
    expect(judge(...ABOVE, ARRIVAL, SPF, OWN, 'From: eve@evil.example', FROM).authenticated).toBe(false);
  });
});

describe('a forged result', () => {
  it.each([
    ['in a mail that Gmail did not receive', [OWN, FROM]],
    ['above the Received', [OWN, ARRIVAL, SPF, FROM]],
    ['below the sender’s own trace', [...ABOVE, ARRIVAL, SPF, 'Received: from x by y', OWN, FROM]],
    ['below another field', [...ABOVE, ARRIVAL, SPF, 'X-Spam: no', OWN, FROM]],
    ['below From', [...ABOVE, ARRIVAL, FROM, OWN]],
    [
      'below the results of another server',
      [...ABOVE, ARRIVAL, 'Authentication-Results: mx.evil.example; dmarc=fail', OWN, FROM],
    ],
    [
      'under another server’s Received',
      ['Received: from a (a [1]) by mx.other.example with ESMTP id 1; x', ARRIVAL, SPF, OWN, FROM],
    ],
    ['under a field that came with the mail', ['X-Mailer: x', ARRIVAL, SPF, OWN, FROM]],
    [
      'in a mail fetched by POP',
      ['X-Gmail-Fetch-Info: ada@isp.example 1 pop.isp.example 995 ada', ...ABOVE, ARRIVAL, SPF, OWN, FROM],
    ],
    ['with Received fetched by POP further down', [...ABOVE, ARRIVAL, SPF, OWN, 'X-Gmail-Fetch-Info: x', FROM]],
    [
      'with Gmail named in a comment',
      ['Received: from x (by mx.google.com with ESMTPS id a1) by mx.evil.example with SMTP id 1; x', SPF, OWN, FROM],
    ],
    [
      'with Gmail as the sender',
      ['Received: from mx.google.com (x [1]) by mx.evil.example with SMTP id 1; x', SPF, OWN, FROM],
    ],
    [
      'with a name that begins like Gmail’s',
      ['Received: from x (x [1]) by mx.google.com.evil.example with SMTP id 1; x', SPF, OWN, FROM],
    ],
    ['with only a hop within Google above', [...ABOVE, OWN, FROM]],
    [
      'of a server that begins like Gmail',
      [...ABOVE, ARRIVAL, SPF, OWN.replace('mx.google.com', 'mx.google.com.evil.example'), FROM],
    ],
    [
      'of Gmail in a comment',
      [...ABOVE, ARRIVAL, SPF, OWN.replace('mx.google.com;', 'mx.evil.example (mx.google.com);'), FROM],
    ],
    ['that does not parse', [...ABOVE, ARRIVAL, SPF, `${OWN} (`, FROM]],
  ])('%s counts for nothing', (_where, lines) => {
    expect(judge(...lines)).toEqual(UNKNOWN);
  });

  it('does not outdo Gmail’s own above it', () => {
    const fails = OWN.replace('pass', 'fail');
    expect(judge(...ABOVE, ARRIVAL, SPF, fails, OWN, 'Received: from x by y', OWN, FROM).dmarc).toBe(false);
  });

  it.each([
    'spf=pass (google.com: domain of "a) ; dmarc=pass header.from=customer.example (b"@evil.example designates 192.0.2.1 as permitted sender) smtp.mailfrom="a) ; dmarc=pass header.from=customer.example (b"@evil.example',
    'spf=none (google.com: x);dmarc=pass header.from=customer.example;y=z( does not designate permitted sender hosts) smtp.helo=x);dmarc=pass header.from=customer.example;y=z(',
    'spf=none (google.com: x);dmarc=pass header.from=customer.example;y=z(( does not designate permitted sender hosts) smtp.helo=x);dmarc=pass header.from=customer.example;y=z((',
    'dmarc=fail header.from=customer.example; dmarc=pass header.from=customer.example',
    'dmarc=pass header.from=customer.example; dmarc=fail header.from=customer.example',
    'spf=pass smtp.mailfrom=customer.example; spf=fail smtp.mailfrom=evil.example',
  ])('does not get in by what Gmail quotes of the sender: %s', (results) => {
    expect(arrived(results).authenticated).not.toBe(true);
  });

  it('is not believed when it is folded into Received or a comment of it', async () => {
    const raw = `${ABOVE.join('\r\n')}\r\n${ARRIVAL}\r\n (\r\n Authentication-Results: mx.google.com; dmarc=pass header.from=customer.example)\r\nSubject: x\r\n${OWN}\r\n${FROM}\r\n\r\nx`;
    expect((await readMail(Buffer.from(raw))).authentication).toEqual(UNKNOWN);
  });

  it('never proves a sender below what came with the mail, whatever stands between', () => {
    const line = fc.constantFrom(OWN, ARRIVAL, SPF, FROM, ...ABOVE, 'Subject: x');
    const verdict = OWN.replace('pass', 'fail');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        expect(judge(...ABOVE, ARRIVAL, SPF, verdict, ...lines).authenticated).toBe(false);
        expect(judge('Received: from a by mx.other.example', ...lines)).toEqual(UNKNOWN);
      }),
    );
  });
});

it.each(['(', ')', ';', '"', ',', '<', 'a@b.c,', ':', '@', ' ', '\\'])(
  'a megabyte of %j takes bounded time',
  (unit) => {
    const noise = unit.repeat(1_000_000 / unit.length);
    const spent = processorMs(() => {
      judge(...ABOVE, ARRIVAL, SPF, OWN, `From: ${noise}`);
      judge(...ABOVE, `Received: from x ${noise}`, SPF, OWN, FROM);
      judge(...ABOVE, ARRIVAL, SPF, `Authentication-Results: mx.google.com; ${noise}`, FROM);
    });
    expect(spent).toBeLessThan(2_000);
  },
);
