// Before the maildrop is open: CAPA, AUTH (RFC 5034), and USER and PASS, which Gmail refuses.
import { openMaildrop } from './pop3-maildrop.ts';
import type { Pop3Command, Pop3Session } from './pop3-session.ts';
import { admit, type BearerResponse, decodeBase64, readBearer, refusalChallenge, type SaslMechanism } from './sasl.ts';
import { TooLong } from './wire.ts';

/** As pop.gmail.com:995 says it. */
const capabilities = [
  'USER',
  'RESP-CODES',
  'EXPIRE 0',
  'LOGIN-DELAY 300',
  'TOP',
  'UIDL',
  'X-GOOGLE-RICO',
  'SASL PLAIN XOAUTH2 OAUTHBEARER',
];
const maxResponseBytes = 12 * 1024;
const refused = '-ERR [AUTH] Username and password not accepted.';
/**
 * RFC 3206's code for what a person must put right. To XOAUTH2 Gmail says it at the end of a challenge, as for a bad
 * token (github.com/contenir/contenir-mail, CHANGELOG.md).
 */
const notEnabled =
  '-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.';

export const capability: Pop3Command = async (session) => {
  await session.reply(['+OK Capability list follows', ...capabilities, '.'].join('\r\n'));
};

export const user: Pop3Command = async (session, name) => {
  if (session.account || name === '') return session.reply('-ERR bad command');
  session.user = name;
  await session.reply('+OK send PASS');
};

export const pass: Pop3Command = async (session) => {
  await session.reply(session.user === undefined || session.account ? '-ERR bad command' : refused);
  session.user = undefined;
};

export const auth: Pop3Command = async (session, argument) => {
  if (session.account) return session.reply('-ERR bad command');
  const [mechanism = '', initial, ...more] = argument.split(/ +/);
  if (more.length > 0) return session.reply('-ERR malformed command');
  switch (mechanism.toUpperCase()) {
    case '':
      return session.reply(['+OK', 'PLAIN', 'XOAUTH2', 'OAUTHBEARER', '.'].join('\r\n'));
    case 'XOAUTH2':
      return bearer(session, 'XOAUTH2', initial);
    case 'OAUTHBEARER':
      return bearer(session, 'OAUTHBEARER', initial);
    case 'PLAIN':
      if (initial === undefined && (await ask(session, '')) === undefined) return;
      return session.reply(refused);
    default:
      return session.reply('-ERR unsupported authentication mechanism');
  }
};

async function bearer(session: Pop3Session, mechanism: SaslMechanism, initial: string | undefined): Promise<void> {
  const response = initial ?? (await ask(session, ''));
  if (response === undefined) return;
  // RFC 5034 section 4: a lone "=" is an empty initial response.
  const decoded = decodeBase64(response === '=' ? '' : response);
  if (decoded === undefined) return session.reply('-ERR malformed base64');
  const { isRecent, named } = readMode(readBearer(mechanism, decoded));
  const account = admit(session.house, named);
  if (account?.popEnabled) {
    const { popped, now } = session.house;
    session.logIn(account, openMaildrop(account, popped, isRecent, now()));
    return session.reply('+OK Welcome.');
  }
  // The refusal explains itself in a challenge; only the client's (empty) answer brings the error.
  if ((await ask(session, refusalChallenge)) !== undefined) await session.reply(account ? notEnabled : refused);
}

/** `recent:` before the address (support.google.com/mail/answer/7104828). */
function readMode(response: BearerResponse | undefined): { isRecent: boolean; named: BearerResponse | undefined } {
  const user = /^recent:(.+)$/i.exec(response?.user ?? '')?.[1];
  if (!response || user === undefined) return { isRecent: false, named: response };
  return { isRecent: true, named: { ...response, user } };
}

/** One continuation; undefined when the client cancelled with "*", which is answered here. */
async function ask(session: Pop3Session, challenge: string): Promise<string | undefined> {
  await session.reply(`+ ${challenge}`);
  try {
    const line = (await session.wire.readLine(maxResponseBytes)).toString('latin1').trim();
    if (line !== '*') return line;
    await session.reply('-ERR authentication cancelled');
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    await session.reply('-ERR response too long');
  }
  return undefined;
}
