// A Gmail of its own on one machine: OAuth, SMTP (465 and 587), IMAP and POP3 over the same accounts, on free ports of
// 127.0.0.1. It imports nothing of the product, so that one mistake cannot sit on both sides of a wire.
import { type Account, Directory, type NewAccount } from './accounts.ts';
import { type Certificate, makeCertificate } from './certificates.ts';
import { Delivery, type RemoteMail } from './delivery.ts';
import { Faults } from './faults.ts';
import { type GoogleAccount, googleAccount } from './google-account.ts';
import { startImapServer } from './imap-server.ts';
import type { Endpoint } from './listener.ts';
import { type OAuthClient, RegisteredClient } from './oauth-client.ts';
import { Consent } from './oauth-consent.ts';
import { startOAuthServer } from './oauth-server.ts';
import { TokenEndpoint } from './oauth-token.ts';
import { startPop3Server } from './pop3-server.ts';
import { startSmtpServer } from './smtp-server.ts';
import { type Publishing, Tokens } from './tokens.ts';

export type { AccountCounters, NewAccount } from './accounts.ts';
export type { IncomingMail, RemoteMail } from './delivery.ts';
export { tokenRefusals } from './faults.ts';
export { englishNames, germanNames } from './folders.ts';
export type { GoogleAccount } from './google-account.ts';
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
  /** An address of another domain is given an account, and an inbox to look into, when mail for it comes; false. */
  opensAccounts?: boolean;
}

export interface LocalGoogle {
  readonly endpoints: { oauth: string; smtps: Endpoint; smtp: Endpoint; imap: Endpoint; pop3: Endpoint; ca: string };
  /** With its secret of now. */
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
  accounts(): readonly GoogleAccount[];
  /**
   * The consent screen's publishing status. In `testing` a grant made from now on dies seven days later, published or
   * not by then, and token responses tell the seconds left as `refresh_token_expires_in`.
   */
  setPublishing(status: Publishing): void;
  /** Its page and its token endpoint then say `deleted_client`; access tokens live out their hour. */
  deleteClient(): void;
  /** The new secret; the old one is refused. */
  renewClientSecret(): string;
  /** How far the clock of the OAuth server goes ahead in the Date field of its answers, or behind when negative. */
  setClockSkew(ms: number): void;
  /** Every client secret, authorisation code, access token and refresh token there ever was: to be found nowhere. */
  secrets(): readonly string[];
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
  delivery.opensAccounts = options.opensAccounts ?? false;
  const client = new RegisteredClient();
  const house: House = {
    ...{ directory, tokens, delivery, client, now },
    ...{ faults: new Faults(), problems: [], smtpCommands: 0, clockSkewMs: 0 },
  };
  const certificate = await makeCertificate();
  const servers = await startServers(house, certificate, options);
  const face = (account: Account) => googleAccount(account, { tokens, delivery, clientId: client.id });
  return {
    endpoints: { ...servers.endpoints, ca: certificate.file },
    get client() {
      return client.credentials;
    },
    faults: house.faults,
    remote: delivery.remote,
    problems: house.problems,
    get smtpCommands() {
      return house.smtpCommands;
    },
    addAccount: (account) => face(directory.add(account)),
    account: (address) => face(known(directory, address)),
    accounts: () => [...directory.accounts.values()].map(face),
    ...controls(house),
    restart: (server) => servers.restart[server](),
    stop: async (server) => {
      if (server) return servers.stop[server]();
      await Promise.all([...Object.values(servers.stop).map((stop) => stop()), certificate.remove()]);
      for (const account of directory.accounts.values()) account.stop();
    },
  };
}

interface House {
  directory: Directory;
  tokens: Tokens;
  delivery: Delivery;
  client: RegisteredClient;
  clockSkewMs: number;
  faults: Faults;
  problems: unknown[];
  smtpCommands: number;
  now: () => number;
}

type Controls = Pick<
  LocalGoogle,
  | 'setPublishing'
  | 'deleteClient'
  | 'renewClientSecret'
  | 'setClockSkew'
  | 'secrets'
  | 'setSentCopyLag'
  | 'setSearchIndexLag'
>;

function controls(house: House): Controls {
  const { tokens, client, delivery } = house;
  return {
    setPublishing: (status) => {
      tokens.publishing = status;
    },
    deleteClient: () => {
      client.isDeleted = true;
    },
    renewClientSecret: () => client.renewSecret(),
    setClockSkew: (ms) => {
      house.clockSkewMs = ms;
    },
    secrets: () => [...client.secrets, ...tokens.values()],
    setSentCopyLag: (ms) => {
      delivery.sentCopyLagMs = ms;
    },
    setSearchIndexLag: (ms) => {
      delivery.searchIndexLagMs = ms;
    },
  };
}

async function startServers(house: House, certificate: Certificate, options: GoogleOptions) {
  const { directory, tokens, delivery, client, faults, problems, now } = house;
  const onCommand = () => {
    house.smtpCommands += 1;
  };
  const shared = { directory, tokens, faults, now, report: (error: unknown) => problems.push(error) };
  const endpoint = new TokenEndpoint({ tokens, directory, client, now });
  const consent = new Consent(directory, tokens, client);
  const [oauth, smtp, imap, pop3] = await Promise.all([
    startOAuthServer({ consent, endpoint, tokens, faults, clock: () => now() + house.clockSkewMs }),
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
