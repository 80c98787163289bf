// One account's mail: each message once, with its labels, flags and Gmail ids; folders are views that follow from the
// labels. Everything that changes goes through here, so that UIDs, mod-sequences and waiting sessions stay true.
// Nothing but a few header fields is read at arrival: a mailbox of 100,000 messages stays cheap.
import { englishNames, Folder, type FolderEntry, type FolderNames, type Role, roleLabels } from './folders.ts';
import { fieldValue, headerFields } from './header-fields.ts';
import { addressesIn, messageIdsIn } from './header-values.ts';
import { Message, type NewMessage } from './message.ts';
import { Threads } from './threads.ts';

export class MailStore {
  readonly folders = new Map<string, Folder>();
  readonly byMsgid = new Map<string, Message>();
  readonly #byMessageId = new Map<string, Message[]>();
  readonly #threads = new Threads();
  readonly #listeners = new Set<(message: Message) => void>();
  readonly #roles = new Map<Role, Folder>();
  readonly #nextMsgid: () => string;
  #uidValidity: number;
  highestModseq = 1;

  constructor(nextMsgid: () => string, names: FolderNames = englishNames, uidValidity = 1) {
    this.#nextMsgid = nextMsgid;
    this.#uidValidity = uidValidity;
    this.#addRole('inbox', 'INBOX');
    for (const role of ['all', 'drafts', 'important', 'sent', 'spam', 'starred', 'trash'] as const) {
      this.#addRole(role, names[role]);
    }
  }

  role(role: Role): Folder {
    const folder = this.#roles.get(role);
    if (!folder) throw new Error(`This account has no ${role} folder`);
    return folder;
  }

  folder(name: string): Folder | undefined {
    // RFC 9051 5.1: INBOX is the one name that ignores case.
    const folder = this.folders.get(name.toUpperCase() === 'INBOX' ? 'INBOX' : name);
    return folder?.isHidden ? undefined : folder;
  }

  create(name: string): Folder {
    const folder = new Folder(name, undefined, this.#nextUidValidity());
    this.folders.set(name, folder);
    return folder;
  }

  renewUids(folder: Folder): void {
    folder.renewUids(this.#nextUidValidity());
  }

  /** Takes the label away everywhere; the messages stay in All Mail. */
  drop(folder: Folder): void {
    for (const entry of [...folder.entries]) {
      const labels = new Set(entry.message.labels);
      labels.delete(folder.name);
      this.setLabels(entry.message, labels);
    }
    this.folders.delete(folder.name);
  }

  rename(folder: Folder, name: string): void {
    const old = folder.name;
    this.folders.delete(old);
    folder.name = name;
    this.folders.set(name, folder);
    for (const { message } of folder.entries) {
      message.labels.delete(old);
      message.labels.add(name);
    }
  }

  add(made: NewMessage): Message {
    const fields = headerFields(made.raw);
    const messageId = messageIdsIn(fieldValue(fields, 'message-id') ?? '')[0];
    const date = fieldValue(fields, 'date');
    const msgid = this.#nextMsgid();
    const thrid = this.#threads.assign(msgid, {
      messageId,
      references: messageIdsIn(`${fieldValue(fields, 'references') ?? ''} ${fieldValue(fields, 'in-reply-to') ?? ''}`),
      subject: fieldValue(fields, 'subject') ?? '',
      people: ['from', 'to', 'cc'].flatMap((name) => addressesIn(fieldValue(fields, name) ?? '')),
      at: made.internalDate,
    });
    const message = new Message(made, { msgid, thrid, ...(messageId && { messageId }), ...(date && { date }) });
    this.byMsgid.set(msgid, message);
    if (messageId) this.#byMessageId.set(messageId, [...(this.#byMessageId.get(messageId) ?? []), message]);
    this.#place(message);
    return message;
  }

  withMessageId(messageId: string): readonly Message[] {
    return this.#byMessageId.get(messageId) ?? [];
  }

  setLabels(message: Message, labels: Iterable<string>): void {
    message.labels = new Set(labels);
    this.#place(message);
  }

  setFlags(message: Message, flags: Iterable<string>): void {
    message.flags = new Set(flags);
    this.#place(message);
  }

  setDeleted(entry: FolderEntry, deleted: boolean): void {
    entry.deleted = deleted;
    this.#place(entry.message);
  }

  /** As Gmail: out of a label's folder it loses the label, out of All Mail it goes to Trash, out of Trash or Spam for good. */
  expunge(folder: Folder, entry: FolderEntry): void {
    const { message } = entry;
    const without = (names: ReadonlySet<string>, name: string | undefined) => [...names].filter((own) => own !== name);
    if (folder.role === 'trash' || folder.role === 'spam') this.#erase(message);
    else if (folder.role === 'all') this.setLabels(message, ['\\Trash']);
    else if (folder.role === 'starred') this.setFlags(message, without(message.flags, '\\Flagged'));
    else this.setLabels(message, without(message.labels, folder.label));
  }

  /** Puts a message into a folder, as COPY does; Trash and Spam take it out of everything else. */
  copyInto(folder: Folder, message: Message): FolderEntry | undefined {
    if (folder.role === 'trash' || folder.role === 'spam') {
      this.setLabels(message, [roleLabels[folder.role] ?? '']);
    } else if (folder.role === 'starred') {
      this.setFlags(message, [...message.flags, '\\Flagged']);
    } else {
      const kept = [...message.labels].filter((label) => label !== '\\Trash' && label !== '\\Junk');
      this.setLabels(message, folder.label ? [...kept, folder.label] : kept);
    }
    return message.entries.get(folder);
  }

  onChange(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #place(message: Message): void {
    // Gmail's mod-sequence is one for the account (FACTS.md).
    this.highestModseq += 1;
    message.modseq = this.highestModseq;
    const wanted = this.#foldersOf(message);
    for (const [folder, entry] of [...message.entries]) {
      if (wanted.has(folder)) {
        folder.version += 1;
        continue;
      }
      folder.remove(entry);
      message.entries.delete(folder);
    }
    for (const folder of wanted) {
      if (!message.entries.has(folder)) message.entries.set(folder, folder.add(message));
    }
    for (const listener of [...this.#listeners]) listener(message);
  }

  #foldersOf(message: Message): Set<Folder> {
    if (message.labels.has('\\Trash')) return new Set([this.role('trash')]);
    if (message.labels.has('\\Junk')) return new Set([this.role('spam')]);
    const wanted = new Set([this.role('all')]);
    for (const label of message.labels) wanted.add(this.#folderOfLabel(label));
    if (message.flags.has('\\Flagged')) wanted.add(this.role('starred'));
    return wanted;
  }

  #folderOfLabel(label: string): Folder {
    for (const folder of this.#roles.values()) if (folder.label === label) return folder;
    return this.folders.get(label) ?? this.create(label);
  }

  #erase(message: Message): void {
    for (const [folder, entry] of message.entries) folder.remove(entry);
    message.entries.clear();
    this.byMsgid.delete(message.msgid);
    if (message.messageId) {
      const others = this.withMessageId(message.messageId).filter((other) => other !== message);
      this.#byMessageId.set(message.messageId, others);
    }
    this.highestModseq += 1;
    for (const listener of [...this.#listeners]) listener(message);
  }

  #addRole(role: Role, name: string): void {
    const folder = new Folder(name, role, this.#nextUidValidity());
    this.folders.set(name, folder);
    this.#roles.set(role, folder);
  }

  #nextUidValidity(): number {
    this.#uidValidity += 1;
    return this.#uidValidity;
  }
}
