// The machine-readable part of a bounce: message/delivery-status (RFC 3464 section 2) and its heir in UTF-8 (RFC 6533).
import type { BouncedRecipient } from '../core/mail-content.ts';
import { judge } from './bounce-verdict.ts';

type Action = BouncedRecipient['action'];
type Fields = ReadonlyMap<string, string>;

/** A mail goes to no more at a time (docs of Gmail: 500 by a mail client, 100 by SMTP). */
const MAX_RECIPIENTS = 500;
const MAX_DIAGNOSTIC_CHARACTERS = 1_000;

/** @param text the part's content; what stands around the fields does not matter */
export function readDeliveryStatusFields(text: string): readonly BouncedRecipient[] {
  return groupsOf(text)
    .map(readRecipient)
    .filter((recipient) => recipient !== undefined)
    .slice(0, MAX_RECIPIENTS);
}

/** A group of fields per recipient. Some servers leave the blank line between them out. */
function groupsOf(text: string): Fields[] {
  const groups: Map<string, string>[] = [];
  let group: Map<string, string> | undefined;
  let name: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const field = /^([a-z][a-z\d-]{0,60})[ \t]*:(.*)$/is.exec(line);
    if (field !== null) {
      name = field[1]?.toLowerCase() ?? '';
      if (group === undefined || (name === 'final-recipient' && group.has(name))) {
        group = new Map();
        groups.push(group);
      }
      // The first of a field counts: a later one may be part of a message that is quoted below.
      if (group.has(name)) name = undefined;
      else group.set(name, field[2]?.trim() ?? '');
    } else if (line.trim() === '') {
      group = undefined;
    } else if (/^[ \t]/.test(line) && group !== undefined && name !== undefined) {
      group.set(name, continued(group.get(name) ?? '', line));
    }
  }
  return groups;
}

function continued(value: string, line: string): string {
  return value.length > MAX_DIAGNOSTIC_CHARACTERS ? value : `${value} ${line.trim()}`;
}

function readRecipient(fields: Fields): BouncedRecipient | undefined {
  const address = addressOf(fields);
  if (address === undefined) return undefined;
  const given = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(fields.get('status') ?? '')?.[1] ?? null;
  const diagnostic = textOf(fields.get('diagnostic-code') ?? '');
  const action = actionOf(fields.get('action') ?? '', given);
  const judged = withoutForeignLimit(fields, judge(given, diagnostic, action === 'delayed'));
  if (action === 'failed' || action === 'delayed') {
    return { address, action, ...judged, diagnostic: diagnostic === '' ? null : diagnostic };
  }
  // Nothing was refused.
  return { address, action, status: given, type: 'soft', diagnostic: diagnostic === '' ? null : diagnostic };
}

/** `dns; mx.customer.example. (192.0.2.1, the server for the domain …)`: another server knows nothing of our limits. */
function withoutForeignLimit(fields: Fields, judged: Pick<BouncedRecipient, 'status' | 'type'>): typeof judged {
  const host = /;\s*([^\s(]{1,255})/.exec(fields.get('remote-mta') ?? '')?.[1];
  if (judged.type !== 'limit' || host === undefined || GOOGLE_HOST.test(host)) return judged;
  return { ...judged, type: 'soft' };
}

const GOOGLE_HOST = /(?:^|\.)(?:google|googlemail)\.com\.?$/i;

/**
 * As the sender gave it, before any forwarding. `Original-Recipient: rfc822;…` is there only where a server knew; the
 * final one may be a mailbox behind it that nobody wrote to.
 */
function addressOf(fields: Fields): string | undefined {
  const names = ['original-recipient', 'final-recipient', 'x-actual-recipient'];
  return names.map((name) => readAddress(fields.get(name) ?? '')).find((address) => address !== undefined);
}

/** `address-type; address`; some servers leave the type out, or write angle brackets. */
function readAddress(value: string): string | undefined {
  const [type = '', ...rest] = value.slice(0, 2_000).split(';');
  const given = rest.length === 0 ? type : rest.join(';');
  if (/^\s*x-unix\b/i.test(type)) return undefined;
  const bare = /<([^<>]*)>/.exec(given)?.[1] ?? given.replace(/\s\(.*$/s, '');
  const address = decodeAddress(bare.trim().replace(/^smtp:/i, ''));
  return /^\S+@[^\s@]+$|^"[^"]+"@[^\s@]+$/.test(address) && address.length <= 320 ? address : undefined;
}

/** RFC 6533 section 3 for `\x{FC}`; xtext of RFC 3461 section 4 only where no @ shows that it is plain: `ada+20@…` is. */
function decodeAddress(text: string): string {
  const unicode = text.replaceAll(/\\x\{[\da-f]{1,6}\}/gi, (encoded) => codePoint(encoded.slice(3, -1)));
  if (unicode.includes('@')) return unicode;
  return unicode.replaceAll(/\+([\dA-F]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function codePoint(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
}

function actionOf(text: string, status: string | null): Action {
  const [word = ''] = /[a-z]+/i.exec(text) ?? [];
  switch (word.toLowerCase()) {
    case 'failed':
    case 'failure':
      return 'failed';
    case 'delayed':
      return 'delayed';
    case 'delivered':
      return 'delivered';
    case 'relayed':
      return 'relayed';
    case 'expanded':
      return 'expanded';
    default:
      return BY_CLASS[status?.[0] ?? '5'] ?? 'failed';
  }
}

/** Where the action is left out. */
const BY_CLASS: Readonly<Record<string, Action>> = { 2: 'delivered', 4: 'delayed', 5: 'failed' };

/** Without `smtp;`, the kind of diagnostic (RFC 3464 section 2.3.6). */
function textOf(diagnostic: string): string {
  const text = diagnostic.replace(/^[a-z][\w-]{0,30}\s*;/i, '').replaceAll(/\s+/g, ' ');
  return text.trim().slice(0, MAX_DIAGNOSTIC_CHARACTERS);
}
