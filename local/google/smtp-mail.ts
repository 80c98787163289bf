// The mail transaction: MAIL, RCPT, then DATA or BDAT (RFC 3030), and what is answered at the end.
import { readDottedBody } from './dotted-body.ts';
import { isAddress, isAscii, readPath } from './smtp-path.ts';
import { maxMessageBytes, maxRecipients, replies } from './smtp-replies.ts';
import type { SmtpCommand, SmtpSession, Transaction } from './smtp-session.ts';
import { TooLong } from './wire.ts';

export const mail: SmtpCommand = async (session, argument) => {
  if (await session.fault('MAIL')) return;
  const id = session.exchangeId;
  if (session.heloName === undefined) return session.reply(replies.helloFirst(id));
  if (!session.wire.secure) return session.reply(replies.startTlsFirst(id));
  if (!session.account) return session.reply(replies.authenticationRequired(id));
  if (session.transaction) return session.reply(replies.badSequence(id));
  const path = readPath('FROM', argument);
  if (!path || (path.address !== '' && !isAddress(path.address))) return session.reply(replies.syntax(id));
  const smtputf8 = path.parameters.has('SMTPUTF8');
  if (!smtputf8 && !isAscii(path.address)) return session.reply(replies.needsSmtputf8(id));
  const size = path.parameters.get('SIZE');
  if (size !== undefined && !/^\d{1,20}$/.test(size)) return session.reply(replies.syntax(id));
  if (Number(size ?? 0) > maxMessageBytes) return session.reply(replies.tooLarge(id));
  session.transaction = { smtputf8, recipients: [], chunks: [], chunkBytes: 0 };
  await session.reply(replies.mailOk(id));
};

export const recipient: SmtpCommand = async (session, argument) => {
  if (await session.fault('RCPT')) return;
  const id = session.exchangeId;
  const { transaction } = session;
  if (!session.account) return session.reply(replies.authenticationRequired(id));
  if (!transaction) return session.reply(replies.mailFirst(id));
  const path = readPath('TO', argument);
  if (!path) return session.reply(replies.syntax(id));
  if (!isAddress(path.address)) return session.reply(replies.badAddress(id));
  if (!transaction.smtputf8 && !isAscii(path.address)) return session.reply(replies.needsSmtputf8(id));
  if (transaction.recipients.length >= maxRecipients) return session.reply(replies.tooManyRecipients(id));
  const { directory } = session.house;
  const domain = path.address.slice(path.address.lastIndexOf('@') + 1);
  if (!directory.find(path.address) && directory.hostsDomain(domain)) return session.reply(replies.noSuchUser(id));
  transaction.recipients.push(path.address);
  await session.reply(replies.recipientOk(id));
};

export const data: SmtpCommand = async (session) => {
  if (await session.fault('DATA')) return;
  const { transaction } = session;
  const refusal = notReady(session);
  // After BDAT there must be no DATA (RFC 3030 3).
  if (refusal !== undefined || !transaction || transaction.chunkBytes > 0) {
    return session.reply(refusal ?? replies.badSequence(session.exchangeId));
  }
  await session.reply(replies.goAhead(session.exchangeId));
  let faulted = false;
  const inBody = async () => {
    faulted = await session.fault('body');
  };
  try {
    const raw = await readDottedBody(session.wire, maxMessageBytes, inBody);
    if (!faulted) await accept(session, transaction, raw);
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    await session.reply(replies.tooLarge(session.exchangeId));
  } finally {
    session.transaction = undefined;
  }
};

export const bdat: SmtpCommand = async (session, argument) => {
  const [, digits, last] = /^(\d{1,12})(?: +(LAST))?$/i.exec(argument) ?? [];
  if (digits === undefined) return session.reply(replies.syntax(session.exchangeId));
  const size = Number(digits);
  const { transaction } = session;
  const refusal = notReady(session);
  const fits = transaction !== undefined && transaction.chunkBytes + size <= maxMessageBytes;
  if (!fits || refusal !== undefined) {
    // The chunk follows the command whatever we think of it (RFC 3030 2).
    await session.wire.skipBytes(size);
    session.transaction = undefined;
    return session.reply(refusal ?? replies.tooLarge(session.exchangeId));
  }
  if (size > 0) transaction.chunks.push(await session.wire.readBytes(size));
  transaction.chunkBytes += size;
  if (await session.fault('BDAT')) return;
  if (last === undefined) return session.reply(replies.chunkOk(session.exchangeId, size));
  session.transaction = undefined;
  await accept(session, transaction, Buffer.concat(transaction.chunks));
};

function notReady(session: SmtpSession): string | undefined {
  if (!session.account) return replies.authenticationRequired(session.exchangeId);
  if (!session.transaction) return replies.mailFirst(session.exchangeId);
  if (session.transaction.recipients.length === 0) return replies.recipientFirst(session.exchangeId);
  return undefined;
}

async function accept(session: SmtpSession, transaction: Transaction, raw: Buffer): Promise<void> {
  const { account, house } = session;
  if (!account || (await session.fault('dot'))) return;
  house.delivery.submit({
    account,
    recipients: transaction.recipients,
    raw,
    heloName: session.heloName ?? 'unknown',
    peer: session.wire.peer,
    id: session.id,
  });
  if (await session.fault('after-dot')) return;
  await session.reply(replies.accepted(session.exchangeId, house.now()));
}
