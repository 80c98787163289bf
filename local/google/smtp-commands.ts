// The commands around the mail: hello, TLS, authentication, and the small ones.
import { admit, decodeBase64, readBearer, refusalChallenge, type SaslMechanism } from './sasl.ts';
import { bdat, data, mail, recipient } from './smtp-mail.ts';
import { ehlo, maxCommandBytes, replies } from './smtp-replies.ts';
import { Goodbye, type SmtpCommand, type SmtpSession } from './smtp-session.ts';
import { TooLong } from './wire.ts';

const hello: SmtpCommand = async (session, name) => {
  if (await session.fault('EHLO')) return;
  if (name === '') return session.reply(replies.syntax(session.exchangeId));
  session.heloName = name;
  session.transaction = undefined;
  await session.reply(ehlo(session.wire.peer, session.wire.secure));
};

const oldHello: SmtpCommand = async (session, name) => {
  if (name === '') return session.reply(replies.syntax(session.exchangeId));
  session.heloName = name;
  session.transaction = undefined;
  await session.reply('250 smtp.gmail.com at your service');
};

const startTls: SmtpCommand = async (session, argument) => {
  if (await session.fault('STARTTLS')) return;
  if (session.wire.secure) return session.reply(replies.badSequence(session.exchangeId));
  if (argument !== '') return session.reply(replies.syntax(session.exchangeId));
  await session.reply(replies.readyForTls());
  session.house.startTls(session.wire);
  // RFC 3207 4.2: everything said before is forgotten.
  session.heloName = undefined;
};

const auth: SmtpCommand = async (session, argument) => {
  if (await session.fault('AUTH')) return;
  if (!session.wire.secure) return session.reply(replies.startTlsFirst(session.exchangeId));
  if (session.heloName === undefined) return session.reply(replies.helloFirst(session.exchangeId));
  if (session.account || session.transaction) return session.reply(replies.badSequence(session.exchangeId));
  const [mechanism = '', initial, ...more] = argument.split(/ +/);
  if (more.length > 0) return session.reply(replies.syntax(session.exchangeId));
  switch (mechanism.toUpperCase()) {
    case 'XOAUTH2':
      return bearer(session, 'XOAUTH2', initial);
    case 'OAUTHBEARER':
      return bearer(session, 'OAUTHBEARER', initial);
    case 'PLAIN':
      return password(session, initial === undefined ? [''] : []);
    case 'LOGIN':
      return password(session, initial === undefined ? ['VXNlcm5hbWU6', 'UGFzc3dvcmQ6'] : ['UGFzc3dvcmQ6']);
    default:
      return session.reply(replies.unknownMechanism(session.exchangeId));
  }
};

async function bearer(session: SmtpSession, mechanism: SaslMechanism, initial: string | undefined): Promise<void> {
  const response = initial ?? (await ask(session, ''));
  if (response === undefined) return;
  // RFC 4954 4: a lone "=" is an empty initial response.
  const decoded = decodeBase64(response === '=' ? '' : response);
  if (decoded === undefined) return session.reply(replies.cannotDecode(session.exchangeId));
  const account = admit(session.house, readBearer(mechanism, decoded));
  if (account) {
    session.logIn(account);
    return session.reply(replies.authenticated());
  }
  // The refusal explains itself in a challenge; only the client's (empty) answer brings the error.
  if ((await ask(session, refusalChallenge)) === undefined) return;
  await session.reply(replies.credentialsRefused(session.exchangeId));
}

/** Passwords are refused for OAuth accounts, but the dialogue is led to its end as Gmail does. */
async function password(session: SmtpSession, challenges: string[]): Promise<void> {
  for (const challenge of challenges) {
    if ((await ask(session, challenge)) === undefined) return;
  }
  await session.reply(replies.credentialsRefused(session.exchangeId));
}

/** One continuation; undefined when the client cancelled with "*" (RFC 4954 4), which is answered here. */
async function ask(session: SmtpSession, challenge: string): Promise<string | undefined> {
  await session.reply(`334 ${challenge}`);
  try {
    const line = (await session.wire.readLine(maxCommandBytes)).toString('latin1').trim();
    if (line !== '*') return line;
    await session.reply(replies.authCancelled(session.exchangeId));
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    await session.reply(replies.syntax(session.exchangeId));
  }
  return undefined;
}

const reset: SmtpCommand = async (session) => {
  if (await session.fault('RSET')) return;
  session.transaction = undefined;
  await session.reply(replies.flushed(session.exchangeId));
};

const quit: SmtpCommand = async (session) => {
  if (await session.fault('QUIT')) return;
  await session.reply(replies.bye(session.exchangeId));
  throw new Goodbye();
};

export const smtpCommands: ReadonlyMap<string, SmtpCommand> = new Map<string, SmtpCommand>([
  ['EHLO', hello],
  ['HELO', oldHello],
  ['STARTTLS', startTls],
  ['AUTH', auth],
  ['MAIL', mail],
  ['RCPT', recipient],
  ['DATA', data],
  ['BDAT', bdat],
  ['RSET', reset],
  ['QUIT', quit],
  ['NOOP', (session) => session.reply(replies.noop(session.exchangeId))],
  ['HELP', (session) => session.reply(replies.help(session.exchangeId))],
  ['VRFY', (session) => session.reply(replies.verify(session.exchangeId))],
]);
