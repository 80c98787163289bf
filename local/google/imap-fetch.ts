// FETCH and UID FETCH. Items are read once into functions, then run for each message and written at once, so that a
// FETCH over a large mailbox streams. A mail's MIME is parsed only for items that need it.
import type { FolderEntry } from './folders.ts';
import { headerFields } from './header-fields.ts';
import { ok } from './imap-login.ts';
import { ImapSyntaxError, need, type Token, textOf } from './imap-parser.ts';
import { parseSection, type Section, sectionBytes } from './imap-sections.ts';
import { type Numbered, select } from './imap-sequence.ts';
import { type ImapHandler, type ImapSession, Refused } from './imap-session.ts';
import { decodeUtf7, encodeUtf7, internalDate, quoted } from './imap-strings.ts';
import { bodyStructure, envelope } from './imap-structure.ts';
import { flagsOf } from './imap-view.ts';
import type { Message } from './message.ts';
import { type MimePart, mimeParts } from './mime-parts.ts';

type Item = (entry: FolderEntry) => string | Buffer[];

interface Plan {
  items: Item[];
  /** BODY[…] without PEEK marks as read, unless the folder is open read-only. */
  marksSeen: boolean;
  changedSince: number | undefined;
}

const structures = new WeakMap<Message, MimePart>();

/** Enough for one write; a message a write would cost a TLS record each. */
const flushBytes = 64 * 1024;

export const fetch: ImapHandler = async (session, command) => {
  const set = need(textOf(command.arguments[0]), 'set');
  // Gmail sometimes does so (mailcore2#1256); what is asked for by itself comes.
  const isLeftOut = set.includes(':') ? session.house.faults.leavesOut() : () => false;
  const chosen = select(session.box.view, set, command.byUid).filter(({ entry }) => !isLeftOut(entry.uid));
  const plan = planOf(session, command.arguments.slice(1), command.byUid);
  const since = plan.changedSince ?? 0;
  let parts: Buffer[] = [];
  let bytes = 0;
  for (const numbered of chosen) {
    if (plan.changedSince !== undefined && numbered.entry.message.modseq <= since) continue;
    const line = fetchLine(session, plan, numbered);
    parts.push(line);
    bytes += line.length;
    if (bytes < flushBytes) continue;
    await session.wire.write(Buffer.concat(parts));
    parts = [];
    bytes = 0;
  }
  if (bytes > 0) await session.wire.write(Buffer.concat(parts));
  return ok();
};

function fetchLine(session: ImapSession, plan: Plan, { seq, entry }: Numbered): Buffer {
  const { readOnly, told } = session.box;
  const marks = plan.marksSeen && !readOnly && !entry.message.flags.has('\\Seen');
  if (marks) {
    session.owner.store.setFlags(entry.message, [...entry.message.flags, '\\Seen']);
    told.set(entry, entry.message.modseq);
  }
  const parts: (string | Buffer)[] = [`* ${seq} FETCH (`];
  for (const [at, item] of plan.items.entries()) {
    if (at > 0) parts.push(' ');
    const said = item(entry);
    parts.push(...(typeof said === 'string' ? [said] : said));
  }
  parts.push(marks ? ` FLAGS (${flagsOf(entry).join(' ')}))\r\n` : ')\r\n');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

const macros: Record<string, string[]> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

function planOf(session: ImapSession, [what, modifiers]: Token[], byUid: boolean): Plan {
  const names = what?.kind === 'list' ? what.items.map((item) => need(textOf(item), 'item')) : macroOf(what);
  const upper = names.map((name) => name.toUpperCase());
  if (byUid && !upper.includes('UID')) names.unshift('UID');
  const plan: Plan = { items: [], marksSeen: false, changedSince: changedSince(modifiers) };
  if (plan.changedSince !== undefined || upper.includes('MODSEQ')) session.condstore = true;
  if (plan.changedSince !== undefined && !upper.includes('MODSEQ')) names.push('MODSEQ');
  for (const name of names) addItem(session, plan, name);
  return plan;
}

function macroOf(token: Token | undefined): string[] {
  const name = need(textOf(token), 'items');
  const macro = name.toUpperCase();
  return Object.hasOwn(macros, macro) ? [...(macros[macro] ?? [])] : [name];
}

/** RFC 7162 3.1.4.1 */
function changedSince(token: Token | undefined): number | undefined {
  if (token?.kind !== 'list') return undefined;
  const at = token.items.findIndex((item) => textOf(item)?.toUpperCase() === 'CHANGEDSINCE');
  return at < 0 ? undefined : numberIn(token.items[at + 1]);
}

export function numberIn(token: Token | undefined): number {
  const text = textOf(token) ?? '';
  if (!/^\d{1,19}$/.test(text)) throw new ImapSyntaxError('bad number');
  return Number(text);
}

const simple: Record<string, (session: ImapSession) => Item> = {
  UID: () => (entry) => `UID ${entry.uid}`,
  FLAGS: () => (entry) => `FLAGS (${flagsOf(entry).join(' ')})`,
  INTERNALDATE: () => (entry) => `INTERNALDATE ${internalDate(entry.message.internalDate)}`,
  'RFC822.SIZE': () => (entry) => `RFC822.SIZE ${entry.message.raw.length}`,
  ENVELOPE: () => (entry) => `ENVELOPE ${envelope(headerFields(entry.message.raw))}`,
  BODYSTRUCTURE: () => (entry) => `BODYSTRUCTURE ${bodyStructure(entry.message.raw, structureOf(entry.message), true)}`,
  BODY: () => (entry) => `BODY ${bodyStructure(entry.message.raw, structureOf(entry.message), false)}`,
  MODSEQ: () => (entry) => `MODSEQ (${entry.message.modseq})`,
  'X-GM-MSGID': () => (entry) => `X-GM-MSGID ${entry.message.msgid}`,
  'X-GM-THRID': () => (entry) => `X-GM-THRID ${entry.message.thrid}`,
  'X-GM-LABELS': (session) => (entry) => `X-GM-LABELS (${labelsOf(session, entry.message).join(' ')})`,
};

const rfc822: Record<string, string> = {
  RFC822: 'BODY[]',
  'RFC822.HEADER': 'BODY.PEEK[HEADER]',
  'RFC822.TEXT': 'BODY[TEXT]',
};

function addItem(session: ImapSession, plan: Plan, name: string): void {
  const upper = name.toUpperCase();
  const made = Object.hasOwn(simple, upper) ? simple[upper] : undefined;
  const old = Object.hasOwn(rfc822, upper) ? rfc822[upper] : undefined;
  if (made) plan.items.push(made(session));
  else if (old) addSection(plan, { ...parseSection(old), label: upper });
  else if (upper.startsWith('BODY')) addSection(plan, parseSection(name));
  else throw new Refused('BAD', 'Could not parse command');
}

function addSection(plan: Plan, section: Section): void {
  if (!section.peek) plan.marksSeen = true;
  plan.items.push(({ message }) => {
    const bytes = sectionBytes(message.raw, section, () => structureOf(message));
    if (!bytes) return `${section.label} NIL`;
    return [Buffer.from(`${section.label} {${bytes.length}}\r\n`), bytes];
  });
}

function structureOf(message: Message): MimePart {
  const known = structures.get(message) ?? mimeParts(message.raw);
  structures.set(message, known);
  return known;
}

/** Gmail leaves out the label of the folder that is selected. */
export function labelsOf(session: ImapSession, message: Message): string[] {
  const here = session.box.folder.label;
  const labels = [...message.labels, ...(message.flags.has('\\Flagged') ? ['\\Starred'] : [])];
  return labels.filter((label) => label !== here).map((label) => labelText(session, label));
}

function labelText(session: ImapSession, label: string): string {
  const text = session.utf8 ? label : encodeUtf7(label);
  // System labels are quoted with their backslash doubled, as Gmail writes them.
  return /^[\w.-]+$/.test(text) ? text : quoted(text);
}

/** A label as a client names it in STORE or APPEND: `\Inbox`, `"\\Inbox"`, `Support`, `"My label"`. */
export function labelFrom(session: ImapSession, token: Token): string {
  const text = textOf(token);
  if (text === undefined || text === '' || /[\x00-\x1f\x7f]/.test(text)) throw new ImapSyntaxError('bad label');
  const system = ['\\Inbox', '\\Sent', '\\Draft', '\\Junk', '\\Trash', '\\Important', '\\Starred'];
  const known = system.find((each) => each.toLowerCase() === text.toLowerCase().replace('\\spam', '\\junk'));
  if (known) return known;
  if (text.startsWith('\\')) throw new Refused('NO', '[CANNOT] Unknown system label (Failure)');
  return session.utf8 ? text : decodeUtf7(text);
}
