// Whole mails that a person, a responder, a calendar or a mail client sent in answer to ours.
import type { ReplyEvent } from '../../../lib/core/reply.ts';

export interface KindCase {
  readonly name: string;
  readonly raw: string;
  readonly kind: Exclude<ReplyEvent['kind'], 'answered-by-hand'>;
  /** Of a calendar answer: `uid status attendee`. */
  readonly calendar?: string;
}

interface Mail {
  readonly subject: string;
  /** Header lines beside From, To, Subject and Date. */
  readonly header?: string;
  readonly text?: string;
  readonly from?: string;
}

/** An answer of one text. */
export function mail(kind: KindCase['kind'], name: string, of: Mail): KindCase {
  return {
    name,
    kind,
    raw: whole(of, `Content-Type: text/plain; charset=utf-8\n\n${of.text ?? 'Thank you, that suits me.'}\n`),
  };
}

export const autoReply = (name: string, of: Mail): KindCase => mail('auto-reply', name, of);
export const reply = (name: string, of: Mail): KindCase => mail('reply', name, of);

interface Parts extends Mail {
  readonly contentType: string;
  /** Each with its own header. */
  readonly parts: readonly string[];
}

export function multipart(kind: KindCase['kind'], name: string, of: Parts): KindCase {
  const body = of.parts.map((part) => `--b\n${part}\n`).join('');
  return { name, kind, raw: whole(of, `Content-Type: ${of.contentType}; boundary="b"\n\n${body}--b--\n`) };
}

export function plainPart(text: string): string {
  return `Content-Type: text/plain; charset=utf-8\n\n${text}`;
}

function whole({ subject, header, from = 'Ada <ada@customer.example>' }: Mail, rest: string): string {
  const returnPath = /^return-path:/im.test(header ?? '') ? '' : 'Return-Path: <ada@customer.example>\n';
  const more = header === undefined ? '' : `${header}\n`;
  const raw = `${returnPath}From: ${from}\nTo: support@shop.example\nSubject: ${subject}\nDate: Mon, 2 Nov 2026 23:05:00 +0000\nMessage-ID: <answer.1@customer.example>\nIn-Reply-To: <order.1001@shop.example>\n${more}MIME-Version: 1.0\n${rest}`;
  return raw.replaceAll(/\r?\n/g, '\r\n');
}
