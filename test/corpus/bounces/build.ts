// Whole bounces from few words. The formats are the servers', as their documentation and source describe them; the names,
// hosts and mails are made up here.

export interface BounceCase {
  readonly name: string;
  readonly raw: string;
  /** `address status type [action]`, a status of - where there is none. */
  readonly expect: readonly string[];
  /** Whether our mail's Message-ID is to be found in it; true unless told. */
  readonly givesBack?: boolean;
}

export const OUR_ID = '<order.1001@shop.example>';

export const OUR_HEADER = `Received: from app.shop.example by smtp.gmail.com with ESMTPSA id a1; Mon, 2 Nov 2026 15:00:00 -0800
From: Shop <support@shop.example>
To: Ada <ada@customer.example>
Subject: Your order 1001
Message-ID: ${OUR_ID}
Date: Mon, 2 Nov 2026 23:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
`;

export const OUR_MAIL = `${OUR_HEADER}
Your order 1001 left our house today.
If a parcel cannot be delivered, its carrier leaves a card.
`;

interface Head {
  readonly from: string;
  readonly subject: string;
  /** Further header lines. */
  readonly more?: string;
}

function head({ from, subject, more = 'Return-Path: <>' }: Head): string {
  return `${more}\nFrom: ${from}\nTo: support@shop.example\nSubject: ${subject}\nDate: Mon, 2 Nov 2026 23:05:00 +0000\nMessage-ID: <bounce.1@mx.example>\n`;
}

interface Report extends Head {
  readonly name: string;
  readonly human?: string;
  readonly perMessage?: string;
  /** Fields of each recipient. */
  readonly recipients: readonly string[];
  readonly returned?: 'message' | 'headers' | 'none';
  readonly statusType?: string;
  readonly expect: readonly string[];
}

/** multipart/report (RFC 6522). */
export function report(of: Report): BounceCase {
  const {
    human = 'Your message could not be delivered.',
    perMessage = 'Reporting-MTA: dns; mx.example',
    returned = 'message',
  } = of;
  const copy = {
    message: `\n--=_b\nContent-Type: message/rfc822\n\n${OUR_MAIL}`,
    headers: `\n--=_b\nContent-Type: text/rfc822-headers\n\n${OUR_HEADER}`,
    none: '',
  };
  const raw = `${head(of)}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8

${human}

--=_b
Content-Type: ${of.statusType ?? 'message/delivery-status'}

${[perMessage, ...of.recipients].join('\n\n')}
${copy[returned]}
--=_b--
`;
  return { name: of.name, raw: crlf(raw), expect: of.expect, givesBack: returned !== 'none' };
}

interface Prose extends Head {
  readonly name: string;
  readonly text: string;
  readonly type?: string;
  readonly givesBack?: boolean;
  readonly expect: readonly string[];
}

/** A bounce of one text. */
export function prose(of: Prose): BounceCase {
  const type = of.type ?? 'text/plain; charset=utf-8';
  const raw = `${head(of)}MIME-Version: 1.0\nContent-Type: ${type}\n\n${of.text}\n`;
  return { name: of.name, raw: crlf(raw), expect: of.expect, givesBack: of.givesBack ?? of.text.includes(OUR_ID) };
}

/** A text with the mail it is about attached, and nothing for machines. */
export function withCopy(of: Prose & { readonly copyType?: string }): BounceCase {
  const type = of.type ?? 'text/plain; charset=utf-8';
  const raw = `${head(of)}MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_m"

--=_m
Content-Type: ${type}

${of.text}

--=_m
Content-Type: ${of.copyType ?? 'message/rfc822'}

${OUR_MAIL}
--=_m--
`;
  return { name: of.name, raw: crlf(raw), expect: of.expect };
}

export function whole(name: string, raw: string, expect: readonly string[], givesBack = true): BounceCase {
  return { name, raw: crlf(raw), expect, givesBack };
}

function crlf(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
