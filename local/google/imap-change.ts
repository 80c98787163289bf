// What changes mail: STORE (flags, X-GM-LABELS), COPY, MOVE, EXPUNGE, APPEND. Through the store always, so that every
// other session hears of it.
import type { Folder, FolderEntry } from './folders.ts';
import { roleLabels } from './folders.ts';
import { labelFrom, labelsOf, numberIn } from './imap-fetch.ts';
import { folderNamed } from './imap-folders.ts';
import { ok } from './imap-login.ts';
import { type ImapCommand, ImapSyntaxError, need, type Token, textOf } from './imap-parser.ts';
import { formatSequence, type Numbered, select } from './imap-sequence.ts';
import { type Completion, type ImapHandler, type ImapSession, Refused } from './imap-session.ts';
import { parseDate } from './imap-strings.ts';
import { flagsOf } from './imap-view.ts';

type Change = '' | '+' | '-';

export const store: ImapHandler = async (session, command) => {
  const box = writable(session);
  const [set, ...rest] = command.arguments;
  const chosen = select(box.view, need(textOf(set), 'set'), command.byUid);
  const unchangedSince = rest[0]?.kind === 'list' ? unchangedSinceOf(rest.shift()) : undefined;
  const [, sign = '', what = '', silent] =
    /^([+-]?)(FLAGS|X-GM-LABELS)(\.SILENT)?$/i.exec(need(textOf(rest.shift()), 'item')) ?? [];
  if (what === '') throw new ImapSyntaxError('unknown STORE item');
  const change: Change = sign === '+' || sign === '-' ? sign : '';
  const [first, ...others] = rest;
  const values = first?.kind === 'list' ? first.items : [need(first, 'values'), ...others];
  const refused: number[] = [];
  for (const { seq, entry } of chosen) {
    if (unchangedSince !== undefined && entry.message.modseq > unchangedSince) {
      refused.push(command.byUid ? entry.uid : seq);
      continue;
    }
    if (what.toUpperCase() === 'FLAGS') storeFlags(session, entry, change, values);
    else storeLabels(session, entry, change, values);
    // What this session changed it knows.
    box.told.set(entry, entry.message.modseq);
    if (silent === undefined) await tell(session, { seq, entry }, what.toUpperCase());
  }
  return ok(refused.length > 0 ? `[MODIFIED ${formatSequence(refused)}] Conditional STORE failed` : 'Success');
};

function unchangedSinceOf(token: Token | undefined): number | undefined {
  if (token?.kind !== 'list' || textOf(token.items[0])?.toUpperCase() !== 'UNCHANGEDSINCE') return undefined;
  return numberIn(token.items[1]);
}

function storeFlags(session: ImapSession, entry: FolderEntry, change: Change, values: Token[]): void {
  const named = values.map((value) => canonicalFlag(need(textOf(value), 'flag')));
  const mailStore = session.owner.store;
  const deleted = named.includes('\\Deleted');
  if (change === '' || deleted) mailStore.setDeleted(entry, change !== '-' && deleted);
  const flags = named.filter((name) => name !== '\\Deleted');
  mailStore.setFlags(entry.message, changed(entry.message.flags, change, flags));
}

function storeLabels(session: ImapSession, entry: FolderEntry, change: Change, values: Token[]): void {
  const { message } = entry;
  const mailStore = session.owner.store;
  const named = values.map((value) => labelFrom(session, value));
  const starred = named.includes('\\Starred');
  if (starred) mailStore.setFlags(message, changed(message.flags, change === '-' ? '-' : '+', ['\\Flagged']));
  const labels = named.filter((name) => name !== '\\Starred');
  // The label of this folder is not among those shown, so replacing the labels does not take it away.
  const here = session.box.folder.label;
  const kept = change === '' && here !== undefined && message.labels.has(here) ? [here] : [];
  mailStore.setLabels(message, [...kept, ...changed(message.labels, change, labels)]);
}

function changed(from: ReadonlySet<string>, change: Change, values: string[]): string[] {
  if (change === '') return values;
  if (change === '+') return [...from, ...values];
  return [...from].filter((each) => !values.includes(each));
}

/** System flags whatever their case, so that `\seen` is `\Seen`; what is no flag (RFC 9051 9) must not reach a reply. */
function canonicalFlag(flag: string): string {
  if (!/^\\?[^\s(){}%*"\\\]\x00-\x1f\x7f]{1,100}$/.test(flag)) throw new ImapSyntaxError('bad flag');
  const known = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'];
  return known.find((each) => each.toLowerCase() === flag.toLowerCase()) ?? flag;
}

async function tell(session: ImapSession, { seq, entry }: Numbered, what: string): Promise<void> {
  const values = what === 'FLAGS' ? flagsOf(entry) : labelsOf(session, entry.message);
  const modseq = session.condstore ? ` MODSEQ (${entry.message.modseq})` : '';
  await session.send(`* ${seq} FETCH (UID ${entry.uid} ${what} (${values.join(' ')})${modseq})`);
}

export const copy: ImapHandler = async (session, command) => {
  const { target, chosen } = transfer(session, command);
  const done = copyAll(session, target, chosen);
  return ok(`${copyUid(target, done)}(Success)`);
};

/** RFC 6851: COPYUID comes untagged, before the expunges that the end of the command announces. */
export const move: ImapHandler = async (session, command) => {
  const { target, chosen } = transfer(session, command);
  const { folder } = writable(session);
  const done = copyAll(session, target, chosen);
  if (done.length > 0) await session.send(`* OK ${copyUid(target, done)}`.trimEnd());
  if (folder !== target) {
    for (const { from } of done) if (!from.gone) leaveFolder(session, folder, target, from);
  }
  return ok('(Success)');
};

/** Out of All Mail nothing can be moved by taking a label away: it is where everything is. */
function leaveFolder(session: ImapSession, folder: Folder, target: Folder, entry: FolderEntry): void {
  if (folder.role === 'all') return;
  const kept = [...entry.message.labels].filter((label) => label !== folder.label || label === target.label);
  if (folder.role === 'starred') session.owner.store.expunge(folder, entry);
  else session.owner.store.setLabels(entry.message, kept);
}

interface Copied {
  from: FolderEntry;
  uid: number;
}

function transfer(session: ImapSession, command: ImapCommand): { target: Folder; chosen: Numbered[] } {
  const chosen = select(session.box.view, need(textOf(command.arguments[0]), 'set'), command.byUid);
  return { target: folderNamed(session, command.arguments[1], true), chosen };
}

function copyAll(session: ImapSession, target: Folder, chosen: Numbered[]): Copied[] {
  const done: Copied[] = [];
  for (const { entry } of chosen) {
    if (entry.gone) continue;
    const copied = session.owner.store.copyInto(target, entry.message);
    if (copied) done.push({ from: entry, uid: copied.uid });
    session.box.told.set(entry, entry.message.modseq);
  }
  return done;
}

function copyUid(target: Folder, done: readonly Copied[]): string {
  if (done.length === 0) return '';
  const from = done.map((each) => each.from.uid).join(',');
  return `[COPYUID ${target.uidValidity} ${from} ${done.map((each) => each.uid).join(',')}] `;
}

export const expunge: ImapHandler = (session, command) => {
  const { folder, view } = writable(session);
  const among = command.byUid
    ? select(view, need(textOf(command.arguments[0]), 'set'), true).map(({ entry }) => entry)
    : view;
  for (const entry of among.filter((each) => each.deleted && !each.gone)) session.owner.store.expunge(folder, entry);
  return ok('(Success)');
};

/** Imported mail is taken as it is: no trace fields, no Authentication-Results of Gmail's. */
export const append: ImapHandler = (session, command): Completion => {
  const folder = folderNamed(session, command.arguments[0], true);
  const rest = command.arguments.slice(1);
  const flags = rest[0]?.kind === 'list' ? rest.shift() : undefined;
  const when = rest.length > 1 ? parseDate(textOf(rest.shift()) ?? '') : session.house.now();
  const [body] = rest;
  if (body?.kind !== 'string' || rest.length !== 1 || when === undefined) throw new ImapSyntaxError('bad APPEND');
  const named = flags?.kind === 'list' ? flags.items.map((flag) => canonicalFlag(textOf(flag) ?? '')) : [];
  const starred = folder.role === 'starred' ? ['\\Flagged'] : [];
  const label = folder.label ?? (folder.role && roleLabels[folder.role]);
  const message = session.owner.file({
    raw: body.bytes,
    labels: label ? [label] : [],
    flags: [...named.filter((flag) => flag !== '\\Deleted'), ...starred],
    internalDate: when,
  });
  return ok(`[APPENDUID ${folder.uidValidity} ${message.entries.get(folder)?.uid ?? 0}] (Success)`);
};

function writable(session: ImapSession) {
  if (session.box.readOnly) throw new Refused('NO', '[READ-ONLY] Mailbox is selected read-only. (Failure)');
  return session.box;
}
