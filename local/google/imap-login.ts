// Before and around the login: CAPABILITY, AUTHENTICATE, ID, NAMESPACE, ENABLE, COMPRESS, QUOTA, NOOP, LOGOUT.

import { need, textOf } from './imap-parser.ts';
import {
  type Completion,
  type ImapHandler,
  type ImapSession,
  LoggedOut,
  maxAppendBytes,
  Refused,
} from './imap-session.ts';
import { admit, decodeBase64, readBearer, refusalChallenge, type SaslMechanism } from './sasl.ts';
import { TooLong } from './wire.ts';

const before =
  'IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER';
const after = `IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=${maxAppendBytes}`;

/**
 * The text as clients know it who log in with XOAUTH2 (github.com/mozilla-b2g/gaia-email-libs-and-more, Apple's Mail).
 * Whether a challenge comes first, as at POP3, nobody recorded.
 */
const notEnabled =
  '[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)';

/** support.google.com/mail/answer/7126229: 15 at a time. */
const maxConnections = 15;
const maxResponseBytes = 12 * 1024;

export const ok = (text = 'Success'): Completion => ({ status: 'OK', text });

export const capability: ImapHandler = async (session) => {
  await session.send(`* CAPABILITY ${session.account ? after : before}`);
  return ok('Thats all she wrote!');
};

export const authenticate: ImapHandler = async (session, command) => {
  const mechanism = textOf(command.arguments[0])?.toUpperCase();
  const initial = textOf(command.arguments[1]);
  if (mechanism === 'PLAIN') {
    if (initial === undefined) await readResponse(session, '');
    throw new Refused('NO', '[AUTHENTICATIONFAILED] Invalid credentials (Failure)');
  }
  if (mechanism !== 'XOAUTH2' && mechanism !== 'OAUTHBEARER') {
    throw new Refused('NO', '[ALERT] Unsupported authentication mechanism (Failure)');
  }
  return bearer(session, mechanism, initial ?? (await readResponse(session, '')), command.tag);
};

async function bearer(
  session: ImapSession,
  mechanism: SaslMechanism,
  response: string,
  tag: string,
): Promise<Completion | undefined> {
  // RFC 5802: "*" cancels; a lone "=" is an empty initial response (RFC 4959 3).
  if (response === '*') throw new Refused('BAD', 'AUTHENTICATE cancelled');
  const decoded = decodeBase64(response === '=' ? '' : response);
  if (decoded === undefined) throw new Refused('BAD', 'Invalid SASL argument.');
  const account = admit(session.house, readBearer(mechanism, decoded));
  if (!account) {
    await readResponse(session, refusalChallenge);
    throw new Refused('NO', '[AUTHENTICATIONFAILED] Invalid credentials (Failure)');
  }
  if (await session.fault('credentials', tag, account.address)) return undefined;
  if (!account.imapEnabled) throw new Refused('NO', notEnabled);
  const { connections } = session.house;
  const open = connections.get(account) ?? 0;
  if (open >= maxConnections) throw new Refused('NO', '[ALERT] Too many simultaneous connections. (Failure)');
  connections.set(account, open + 1);
  session.account = account;
  account.counters.imapLogins += 1;
  account.counters.imapConnections += 1;
  await session.send(`* CAPABILITY ${after}`);
  return ok(`${account.address} authenticated (Success)`);
}

async function readResponse(session: ImapSession, challenge: string): Promise<string> {
  await session.send(`+ ${challenge}`);
  try {
    return (await session.wire.readLine(maxResponseBytes)).toString('latin1').trim();
  } catch (error) {
    if (error instanceof TooLong) throw new Refused('BAD', 'Invalid SASL argument.');
    throw error;
  }
}

export const login: ImapHandler = () => {
  throw new Refused('NO', '[AUTHENTICATIONFAILED] Invalid credentials (Failure)');
};

export const id: ImapHandler = async (session) => {
  await session.send(
    '* ID ("name" "GImap" "vendor" "Google, Inc." "support-url" "https://support.google.com/mail" "version" "gmail_imap_local" "remote-host" "127.0.0.1")',
  );
  return ok();
};

export const namespace: ImapHandler = async (session) => {
  await session.send('* NAMESPACE (("" "/")) NIL NIL');
  return ok();
};

export const enable: ImapHandler = async (session, command) => {
  const asked = command.arguments.map((token) => textOf(token)?.toUpperCase());
  if (asked.includes('UTF8=ACCEPT')) session.utf8 = true;
  if (asked.includes('CONDSTORE')) session.condstore = true;
  const enabled = asked.filter((name) => name === 'UTF8=ACCEPT' || name === 'CONDSTORE');
  await session.send(`* ENABLED ${enabled.join(' ')}`.trimEnd());
  return ok();
};

/** RFC 4978 3: everything after the tagged OK is compressed, both ways. */
export const compress: ImapHandler = async (session, command) => {
  if (textOf(command.arguments[0])?.toUpperCase() !== 'DEFLATE') throw new Refused('BAD', 'Unknown compression');
  if (session.wire.compressed) throw new Refused('NO', '[COMPRESSIONACTIVE] Already compressed (Failure)');
  await session.send(`${command.tag} OK Success`);
  session.wire.startDeflate();
  return undefined;
};

export const quotaRoot: ImapHandler = async (session, command) => {
  await session.send(`* QUOTAROOT ${JSON.stringify(need(textOf(command.arguments[0]), 'mailbox'))} ""`);
  return quota(session, command);
};

export const quota: ImapHandler = async (session) => {
  const bytes = [...session.owner.store.byMsgid.values()].reduce((sum, message) => sum + message.raw.length, 0);
  await session.send(`* QUOTA "" (STORAGE ${Math.ceil(bytes / 1024)} 15728640)`);
  return ok();
};

export const noop: ImapHandler = () => ok();

export const logout: ImapHandler = async (session, command) => {
  await session.send('* BYE LOGOUT Requested');
  await session.send(`${command.tag} OK 73 good day (Success)`);
  throw new LoggedOut();
};

/** RFC 2177: tells of changes as they come until the client says DONE. */
export const idle: ImapHandler = async (session) => {
  await session.send('+ idling');
  let last: Promise<void> = Promise.resolve();
  const stop = session.owner.store.onChange(() => {
    last = last.then(() => session.announce(false));
  });
  try {
    await session.announce(false);
    const line = (await session.wire.readLine(100)).toString('latin1');
    await last;
    if (line.toUpperCase() !== 'DONE') throw new Refused('BAD', 'Expected DONE');
    return ok('IDLE terminated (Success)');
  } finally {
    stop();
  }
};
