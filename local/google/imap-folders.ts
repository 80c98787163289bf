// Folders on the wire: LIST, LSUB, XLIST, STATUS, SELECT, EXAMINE, CREATE, DELETE, RENAME, CLOSE, UNSELECT.
import { type Folder, roleAttributes } from './folders.ts';
import { ok } from './imap-login.ts';
import { type ImapCommand, need, type Token, textOf } from './imap-parser.ts';
import { type ImapHandler, type ImapSession, Refused } from './imap-session.ts';
import { decodeUtf7, mailboxName } from './imap-strings.ts';

export function folderNamed(session: ImapSession, token: Token | undefined, create = false): Folder {
  const name = nameOf(session, token);
  const folder = session.owner.store.folder(name);
  if (folder) return folder;
  const code = create ? 'TRYCREATE' : 'NONEXISTENT';
  throw new Refused('NO', `[${code}] Unknown Mailbox: ${name.replace(/[\r\n]/g, ' ')} (Failure)`);
}

export const list: ImapHandler = async (session, command) => {
  const [first, ...others] = command.arguments;
  const selection = first?.kind === 'list' ? first.items.map((item) => textOf(item)?.toUpperCase()) : [];
  const [reference, patterns, , returned] = first?.kind === 'list' ? others : [first, ...others];
  const wanted = patterns?.kind === 'list' ? patterns.items : [need(patterns, 'pattern')];
  const prefix = textOf(reference) ?? '';
  if (wanted.every((pattern) => textOf(pattern) === '')) {
    await session.send('* LIST (\\Noselect) "/" "/"');
    return ok();
  }
  const matches = wanted.map((pattern) => patternOf(prefix + decodeUtf7(textOf(pattern) ?? '')));
  const names = namesOf(session).filter(({ name }) => matches.some((match) => match.test(name)));
  const statusItems = statusReturn(returned);
  for (const { name, attributes, folder } of names) {
    if (selection.includes('SPECIAL-USE') && !attributes.some(isSpecial)) continue;
    await session.send(`* ${command.name} (${attributes.join(' ')}) "/" ${mailboxName(name, session.utf8)}`);
    if (folder && statusItems) await session.send(statusLine(session, folder, statusItems));
  }
  return ok();
};

export const status: ImapHandler = async (session, command) => {
  const folder = folderNamed(session, command.arguments[0]);
  const items = command.arguments[1];
  if (items?.kind !== 'list') throw new Refused('BAD', 'Could not parse command');
  await session.send(statusLine(session, folder, items.items));
  return ok();
};

export const select: ImapHandler = (session, command) => open(session, command, false);
export const examine: ImapHandler = (session, command) => open(session, command, true);

async function open(session: ImapSession, command: ImapCommand, readOnly: boolean) {
  // RFC 9051 6.3.2: a failed SELECT leaves nothing selected.
  session.selected = undefined;
  const folder = folderNamed(session, command.arguments[0]);
  const { store } = session.owner;
  const options = command.arguments[1];
  if (options?.kind === 'list' && options.items.some((item) => textOf(item)?.toUpperCase() === 'CONDSTORE')) {
    session.condstore = true;
  }
  const { version, entries: view } = folder;
  session.selected = { folder, view: [...view], readOnly, version, modseq: store.highestModseq, told: new WeakMap() };
  const flags = '\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing';
  const lines = [
    `FLAGS (${flags})`,
    `OK [PERMANENTFLAGS (${readOnly ? '' : `${flags} \\*`})] Flags permitted.`,
    `OK [UIDVALIDITY ${folder.uidValidity}] UIDs valid.`,
    `${view.length} EXISTS`,
    '0 RECENT',
    `OK [UIDNEXT ${folder.uidNext}] Predicted next UID.`,
    `OK [HIGHESTMODSEQ ${store.highestModseq}]`,
  ];
  for (const line of lines) await session.send(`* ${line}`);
  return ok(`[${readOnly ? 'READ-ONLY' : 'READ-WRITE'}] ${folder.name} selected. (Success)`);
}

export const close: ImapHandler = (session) => {
  const { folder, readOnly } = session.box;
  session.selected = undefined;
  // CLOSE expunges without telling (RFC 9051 6.4.1); UNSELECT does not.
  const deleted = readOnly ? [] : folder.entries.filter((entry) => entry.deleted);
  for (const entry of deleted) session.owner.store.expunge(folder, entry);
  return ok('Returned to authenticated state. (Success)');
};

export const unselect: ImapHandler = (session) => {
  session.selected = undefined;
  return ok('Returned to authenticated state. (Success)');
};

export const create: ImapHandler = (session, command) => {
  const name = nameOf(session, command.arguments[0]).replace(/\/$/, '');
  if (session.owner.store.folder(name)) throw new Refused('NO', '[ALREADYEXISTS] Duplicate folder name (Failure)');
  if (/^\[(?:gmail|google mail)\]/i.test(name) || name === '' || /[\x00-\x1f]/.test(name)) {
    throw new Refused('NO', '[CANNOT] Folder name is not allowed. (Failure)');
  }
  session.owner.store.create(name);
  return ok();
};

export const remove: ImapHandler = (session, command) => {
  const folder = folderNamed(session, command.arguments[0]);
  if (folder.role) throw new Refused('NO', '[CANNOT] Folder cannot be deleted. (Failure)');
  session.owner.store.drop(folder);
  return ok();
};

export const rename: ImapHandler = (session, command) => {
  const folder = folderNamed(session, command.arguments[0]);
  const name = nameOf(session, command.arguments[1]);
  if (folder.role) throw new Refused('NO', '[CANNOT] Folder cannot be renamed. (Failure)');
  if (session.owner.store.folder(name)) throw new Refused('NO', '[ALREADYEXISTS] Duplicate folder name (Failure)');
  session.owner.store.rename(folder, name);
  return ok();
};

function nameOf(session: ImapSession, token: Token | undefined): string {
  const text = need(textOf(token), 'mailbox');
  return session.utf8 ? text : decodeUtf7(text);
}

interface Listed {
  name: string;
  attributes: string[];
  folder?: Folder;
}

function namesOf(session: ImapSession): Listed[] {
  const listed: Listed[] = [{ name: '[Gmail]', attributes: ['\\HasChildren', '\\Noselect'] }];
  const all = [...session.owner.store.folders.values()].filter(({ isHidden }) => !isHidden);
  for (const folder of all) {
    const special = folder.role && roleAttributes[folder.role];
    const parent = all.some((other) => other.name.startsWith(`${folder.name}/`));
    const attributes = [parent ? '\\HasChildren' : '\\HasNoChildren', ...(special ? [special] : [])];
    listed.push({ name: folder.name, attributes, folder });
  }
  return listed.sort((a, b) => rank(a.name).localeCompare(rank(b.name)));
}

/** INBOX first, then the user's own, then Gmail's. */
function rank(name: string): string {
  if (name === 'INBOX') return '0';
  return (name.startsWith('[Gmail]') ? '2' : '1') + name;
}

function isSpecial(attribute: string): boolean {
  return Object.values(roleAttributes).includes(attribute);
}

/** `*` crosses hierarchy levels, `%` does not (RFC 9051 6.3.9). */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/%+/g, '[^/]*');
  return new RegExp(`^${source}$`, /^inbox$/i.test(pattern) ? 'is' : 's');
}

/** RFC 5819: LIST … RETURN (STATUS (items)). */
function statusReturn(token: Token | undefined): Token[] | undefined {
  if (token?.kind !== 'list') return undefined;
  const at = token.items.findIndex((item) => textOf(item)?.toUpperCase() === 'STATUS');
  const items = at < 0 ? undefined : token.items[at + 1];
  return items?.kind === 'list' ? items.items : undefined;
}

function statusLine(session: ImapSession, folder: Folder, items: Token[]): string {
  const { highestModseq } = session.owner.store;
  const values: Record<string, () => number> = {
    MESSAGES: () => folder.entries.length,
    RECENT: () => 0,
    UIDNEXT: () => folder.uidNext,
    UIDVALIDITY: () => folder.uidValidity,
    UNSEEN: () => folder.entries.filter((entry) => !entry.message.flags.has('\\Seen')).length,
    HIGHESTMODSEQ: () => highestModseq,
  };
  const said = items.map((item) => {
    const name = textOf(item)?.toUpperCase() ?? '';
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (!value) throw new Refused('BAD', 'Could not parse command');
    return `${name} ${value()}`;
  });
  return `* STATUS ${mailboxName(folder.name, session.utf8)} (${said.join(' ')})`;
}
