// A stored mail: its bytes, its Gmail ids, and what changes about it. It exists once in an account, whatever labels it
// has; each folder that shows it knows it by a UID of its own.
import type { Folder, FolderEntry } from './folders.ts';

export interface StoredMessage {
  readonly raw: Buffer;
  /** X-GM-MSGID and X-GM-THRID, decimal. */
  readonly msgid: string;
  readonly thrid: string;
  /** Epoch milliseconds; IMAP shows whole seconds. */
  readonly internalDate: number;
  readonly flags: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  /** Folder name → UID there. */
  readonly uids: ReadonlyMap<string, number>;
}

export interface NewMessage {
  raw: Buffer;
  labels: Iterable<string>;
  flags?: Iterable<string>;
  internalDate: number;
  /** When the search index knows it; at once. */
  searchableAt?: number;
}

export class Message implements StoredMessage {
  readonly entries = new Map<Folder, FolderEntry>();
  readonly raw: Buffer;
  readonly msgid: string;
  readonly thrid: string;
  readonly messageId: string | undefined;
  readonly date: string | undefined;
  readonly internalDate: number;
  readonly searchableAt: number;
  flags: Set<string>;
  labels: Set<string>;
  modseq = 1;

  constructor(made: NewMessage, ids: { msgid: string; thrid: string; messageId?: string; date?: string }) {
    this.raw = made.raw;
    this.msgid = ids.msgid;
    this.thrid = ids.thrid;
    this.messageId = ids.messageId;
    this.date = ids.date;
    this.internalDate = made.internalDate;
    this.searchableAt = made.searchableAt ?? 0;
    this.flags = new Set(made.flags);
    this.labels = new Set(made.labels);
  }

  get uids(): ReadonlyMap<string, number> {
    return new Map([...this.entries].map(([folder, entry]) => [folder.name, entry.uid]));
  }
}
