// A Gmail of its own on one machine: OAuth, SMTP (465 and 587), IMAP and POP3 over the same accounts, on free ports of
// 127.0.0.1. It imports nothing of the product, so that one mistake cannot sit on both sides of a wire.
import { type Account, type AccountCounters, Directory, type NewAccount } from './accounts.ts';
import { type Certificate, makeCertificate } from './certificates.ts';
import { Delivery, type IncomingMail, type RemoteMail } from './delivery.ts';
import { Faults } from './faults.ts';
import type { Role } from './folders.ts';
import { startImapServer } from './imap-server.ts';
import type { Endpoint } from './listener.ts';
import type { StoredMessage } from './message.ts';
import { Consent } from './oauth-consent.ts';
import { startOAuthServer } from './oauth-server.ts';
import { type OAuthClient, TokenEndpoint } from './oauth-token.ts';
import { startPop3Server } from './pop3-server.ts';
import { startSmtpServer } from './smtp-server.ts';
import { mailScope, Tokens } from './tokens.ts';

export type { AccountCounters, NewAccount } from './accounts.ts';
export type { IncomingMail, RemoteMail } from './delivery.ts';
export { tokenRefusals } from './faults.ts';
export { englishNames, germanNames } from './folders.ts';
export type { StoredMessage } from './message.ts';

export interface GoogleOptions {
  /** Epoch milliseconds; the system's clock unless given. */
  now?: () => number;
  /** How long after acceptance our own copy appears in Sent and All Mail; 0. */
  sentCopyLagMs?: number;
  /** 3600 */
  accessTokenSeconds?: number;
  /** How long a silent connection is kept: SMTP and POP3 10 minutes, IMAP 30. */
  smtpIdleMs?: number;
  imapIdleMs?: number;
  pop3IdleMs?: number;
}

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
  /** As someone moves a message, or archives it. */
  setLabels(msgid: string, labels: readonly string[]): void;
  /** Gives every message of a folder another UID, under another UIDVALIDITY. */
  renewUids(role: Role): void;
  /** As in the settings of Gmail, "Show in IMAP". */
  showInImap(role: Role, isShown: boolean): void;
}

export interface LocalGoogle {
  readonly endpoints: { oauth: string; smtps: Endpoint; smtp: Endpoint; imap: Endpoint; pop3: Endpoint; ca: string };
  readonly client: OAuthClient;
  readonly faults: Faults;
  /** Mail to domains that have no account here. */
  readonly remote: readonly RemoteMail[];
  /** Faults of these servers themselves; a test expects none. */
  readonly problems: readonly unknown[];
  /** Commands that came at SMTP, from EHLO on, whoever said them. */
  readonly smtpCommands: number;
  addAccount(account: NewAccount): GoogleAccount;
  account(address: string): GoogleAccount;
  /** Of what is sent from now on. */
  setSentCopyLag(ms: number): void;
  /** How long after that a search finds the copy. */
  setSearchIndexLag(ms: number): void;
  stop(server?: 'oauth' | 'smtp' | 'imap' | 'pop3'): Promise<void>;
  restart(server: 'imap' | 'pop3'): Promise<void>;
}

export async function startGoogle(options: GoogleOptions = {}): Promise<LocalGoogle> {
  const now = options.now ?? Date.now;
  const directory = new Directory(now);
  const tokens = new Tokens(now, options.accessTokenSeconds ?? 3600);
  const delivery = new Delivery(directory, now, options.sentCopyLagMs ?? 0);
  const house: House = { directory, tokens, delivery, faults: new Faults(), problems: [], smtpCommands: 0, now };
  const certificate = await makeCertificate();
  const servers = await startServers(house, certificate, options);
  const face = (account: Account) => accountFace(account, tokens, delivery);
  return {
    endpoints: { ...servers.endpoints, ca: certificate.file },
    client,
    faults: house.faults,
    remote: delivery.remote,
    problems: house.problems,
    get smtpCommands() {
      return house.smtpCommands;
    },
    addAccount: (account) => face(directory.add(account)),
    account: (address) => face(known(directory, address)),
    setSentCopyLag: (ms) => {
      delivery.sentCopyLagMs = ms;
    },
    setSearchIndexLag: (ms) => {
      delivery.searchIndexLagMs = ms;
    },
    restart: (server) => servers.restart[server](),
    stop: async (server) => {
      if (server) return servers.stop[server]();
      await Promise.all([...Object.values(servers.stop).map((stop) => stop()), certificate.remove()]);
      for (const account of directory.accounts.values()) account.stop();
    },
  };
}

const client = { clientId: '1072944905499-mailroom.apps.googleusercontent.com', clientSecret: 'GOCSPX-local-desktop' };

interface House {
  directory: Directory;
  tokens: Tokens;
  delivery: Delivery;
  faults: Faults;
  problems: unknown[];
  smtpCommands: number;
  now: () => number;
}

async function startServers(house: House, certificate: Certificate, options: GoogleOptions) {
  const { directory, tokens, delivery, faults, problems, now } = house;
  const onCommand = () => {
    house.smtpCommands += 1;
  };
  const shared = { directory, tokens, faults, now, report: (error: unknown) => problems.push(error) };
  const endpoint = new TokenEndpoint({ tokens, directory, client, now });
  const consent = new Consent(directory, tokens, client.clientId);
  const [oauth, smtp, imap, pop3] = await Promise.all([
    startOAuthServer({ consent, endpoint, tokens, faults }),
    startSmtpServer(certificate, { ...shared, delivery, onCommand, idleMs: options.smtpIdleMs ?? 10 * 60_000 }),
    startImapServer(certificate, { ...shared, connections: new Map(), idleMs: options.imapIdleMs ?? 30 * 60_000 }),
    startPop3Server(certificate, { ...shared, popped: new WeakSet(), idleMs: options.pop3IdleMs ?? 10 * 60_000 }),
  ]);
  return {
    endpoints: {
      oauth: oauth.url,
      smtps: smtp.implicitTls.endpoint,
      smtp: smtp.startTls.endpoint,
      imap: imap.endpoint,
      pop3: pop3.endpoint,
    },
    stop: { oauth: oauth.stop, smtp: smtp.stop, imap: imap.stop, pop3: pop3.stop },
    restart: { imap: imap.restart, pop3: pop3.restart },
  };
}

function known(directory: Directory, address: string): Account {
  const account = directory.find(address);
  if (!account) throw new Error('No account with this address: add it with addAccount first');
  return account;
}

function accountFace(account: Account, tokens: Tokens, delivery: Delivery): GoogleAccount {
  return {
    address: account.address,
    counters: account.counters,
    messages: (label) => account.messages(label),
    accessToken: async () => {
      const scopes = [mailScope, 'openid', 'email'];
      return tokens.issue(tokens.grant({ address: account.address, clientId: client.clientId, scopes, offline: false }))
        .value;
    },
    deliver: (raw, mail = {}) => delivery.receive(account, Buffer.from(raw), mail),
    waitForMessage: (predicate, timeoutMs) => account.waitForMessage(predicate, timeoutMs),
    expireAccessTokens: () => tokens.expireAll(account.address),
    revokeGrants: () => tokens.revokeAll(account.address),
    setLabels: (msgid, labels) => {
      const message = account.store.byMsgid.get(msgid);
      if (message) account.store.setLabels(message, labels);
    },
    renewUids: (role) => account.store.renewUids(account.store.role(role)),
    showInImap: (role, isShown) => {
      account.store.role(role).isHidden = !isShown;
    },
  };
}
