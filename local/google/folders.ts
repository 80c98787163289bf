// Gmail's IMAP folders: views of labels. A folder gives each of its messages a UID; the message itself lives once in
// the account (support.google.com/mail/answer/78892, developers.google.com/workspace/gmail/imap/imap-extensions).
import type { Message } from './message.ts';

export type Role = 'inbox' | 'all' | 'sent' | 'drafts' | 'spam' | 'trash' | 'starred' | 'important';

export interface FolderEntry {
  readonly uid: number;
  readonly message: Message;
  /** Set once the message has left the folder, so that a session's view can tell. */
  gone: boolean;
  /** \Deleted belongs to a folder's entry, not to the message: expunging it takes one label away. */
  deleted: boolean;
}

/** X-GM-LABELS of the roles; All Mail and Starred are no labels. */
export const roleLabels: Partial<Record<Role, string>> = {
  inbox: '\\Inbox',
  sent: '\\Sent',
  drafts: '\\Draft',
  spam: '\\Junk',
  trash: '\\Trash',
  important: '\\Important',
};

/** RFC 6154 attributes. */
export const roleAttributes: Partial<Record<Role, string>> = {
  all: '\\All',
  sent: '\\Sent',
  drafts: '\\Drafts',
  spam: '\\Junk',
  trash: '\\Trash',
  starred: '\\Flagged',
  important: '\\Important',
};

export type FolderNames = Record<Exclude<Role, 'inbox'>, string>;

export const englishNames: FolderNames = {
  all: '[Gmail]/All Mail',
  sent: '[Gmail]/Sent Mail',
  drafts: '[Gmail]/Drafts',
  spam: '[Gmail]/Spam',
  trash: '[Gmail]/Trash',
  starred: '[Gmail]/Starred',
  important: '[Gmail]/Important',
};

/** The names depend on the user's language: clients must go by attribute. */
export const germanNames: FolderNames = {
  all: '[Gmail]/Alle Nachrichten',
  sent: '[Gmail]/Gesendet',
  drafts: '[Gmail]/Entwürfe',
  spam: '[Gmail]/Spam',
  trash: '[Gmail]/Papierkorb',
  starred: '[Gmail]/Markiert',
  important: '[Gmail]/Wichtig',
};

export class Folder {
  readonly role: Role | undefined;
  uidValidity: number;
  /** As a user of Gmail can hide a folder from IMAP. */
  isHidden = false;
  /** Ascending by UID. */
  readonly entries: FolderEntry[] = [];
  name: string;
  uidNext = 1;
  /** Grows with every change that a selected session has to hear of. */
  version = 0;

  constructor(name: string, role: Role | undefined, uidValidity: number) {
    this.name = name;
    this.role = role;
    this.uidValidity = uidValidity;
  }

  /** The label that a message has when it is in this folder. */
  get label(): string | undefined {
    return this.role === undefined ? this.name : roleLabels[this.role];
  }

  add(message: Message): FolderEntry {
    const entry: FolderEntry = { uid: this.uidNext, message, gone: false, deleted: false };
    this.uidNext += 1;
    this.version += 1;
    this.entries.push(entry);
    return entry;
  }

  /** Every message gets another UID, as when a folder is made anew. */
  renewUids(uidValidity: number): void {
    const messages = this.entries.splice(0).map((entry) => {
      entry.gone = true;
      return entry.message;
    });
    this.uidValidity = uidValidity;
    this.uidNext = 1;
    for (const message of messages) message.entries.set(this, this.add(message));
  }

  remove(entry: FolderEntry): void {
    entry.gone = true;
    this.version += 1;
    this.entries.splice(firstAtLeast(this.entries, entry.uid), 1);
  }
}

/** Index of the first entry whose UID is at least `uid`. */
export function firstAtLeast(entries: readonly FolderEntry[], uid: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.uid ?? 0) < uid) low = middle + 1;
    else high = middle;
  }
  return low;
}
