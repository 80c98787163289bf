// What a test can see and do of one account: its mail, its grants, and what its owner or administrator changes.
import type { Account, AccountCounters } from './accounts.ts';
import type { Delivery, IncomingMail } from './delivery.ts';
import type { Role } from './folders.ts';
import type { StoredMessage } from './message.ts';
import { mailScope } from './scopes.ts';
import type { Tokens } from './tokens.ts';

export interface GoogleAccount {
  readonly address: string;
  readonly counters: Readonly<AccountCounters>;
  /** Everything, or what has a label (`\\Sent`, `Support`) or lies in a folder (`INBOX`, `[Gmail]/All Mail`). */
  messages(label?: string): StoredMessage[];
  /** A customer's token, minted directly, good at SMTP, IMAP and POP3. */
  accessToken(): Promise<string>;
  /** Mail arriving from outside. */
  deliver(raw: Uint8Array | string, mail?: IncomingMail): StoredMessage;
  /** The first that is, or comes to be, so. */
  waitForMessage(predicate: (message: StoredMessage) => boolean, timeoutMs: number): Promise<StoredMessage>;
  expireAccessTokens(): void;
  revokeGrants(): void;
  /** Its grants and access tokens become so much older, and so much longer unused, by any clock. */
  ageGrants(ms: number): void;
  /** Revokes the grants that hold a Gmail scope. */
  changePassword(): void;
  /** For logins from now on: an open session goes on. */
  setImapEnabled(isEnabled: boolean): void;
  setPopEnabled(isEnabled: boolean): void;
  /** Whether what it sends keeps a valid Message-ID, as it does unless told. */
  setKeepsMessageIds(keeps: boolean): void;
  /** As someone moves a message, or archives it. */
  setLabels(msgid: string, labels: readonly string[]): void;
  /** Gives every message of a folder another UID, under another UIDVALIDITY. */
  renewUids(role: Role): void;
  /** As in the settings of Gmail, "Show in IMAP". */
  showInImap(role: Role, isShown: boolean): void;
}

interface Ground {
  tokens: Tokens;
  delivery: Delivery;
  clientId: string;
}

export function googleAccount(account: Account, { tokens, delivery, clientId }: Ground): GoogleAccount {
  const { address, store } = account;
  return {
    address,
    counters: account.counters,
    messages: (label) => account.messages(label),
    accessToken: async () => {
      const scopes = [mailScope, 'openid', 'email'];
      return tokens.issue(tokens.grant({ address, clientId, scopes, offline: false })).value;
    },
    deliver: (raw, mail = {}) => delivery.receive(account, Buffer.from(raw), mail),
    waitForMessage: (predicate, timeoutMs) => account.waitForMessage(predicate, timeoutMs),
    expireAccessTokens: () => tokens.expireAll(address),
    revokeGrants: () => tokens.revokeAll(address),
    ageGrants: (ms) => tokens.age(address, ms),
    changePassword: () => tokens.changePassword(address),
    ...settings(account),
    setLabels: (msgid, labels) => {
      const message = store.byMsgid.get(msgid);
      if (message) store.setLabels(message, labels);
    },
    renewUids: (role) => store.renewUids(store.role(role)),
  };
}

type Settings = Pick<GoogleAccount, 'setImapEnabled' | 'setPopEnabled' | 'setKeepsMessageIds' | 'showInImap'>;

function settings(account: Account): Settings {
  return {
    setImapEnabled: (isEnabled) => {
      account.imapEnabled = isEnabled;
    },
    setPopEnabled: (isEnabled) => {
      account.popEnabled = isEnabled;
    },
    setKeepsMessageIds: (keeps) => {
      account.keepsMessageIds = keeps;
    },
    showInImap: (role, isShown) => {
      account.store.role(role).isHidden = !isShown;
    },
  };
}
