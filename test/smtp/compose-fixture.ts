// A request composed to bytes, and those bytes read back.
import PostalMime, { type Email } from 'postal-mime';
import { parseMailboxProfile } from '../../lib/core/mailbox.ts';
import { parseSendRequest } from '../../lib/core/message.ts';
import type { ComposedMail } from '../../lib/core/sending-ports.ts';
import { toEpochMs } from '../../lib/core/time.ts';
import { compose } from '../../lib/smtp/compose.ts';

export const PROFILE = parseMailboxProfile({
  id: 'support',
  address: 'support@shop.example',
  name: 'Shop, “Süd”',
  plan: 'workspace',
  protocol: 'imap',
});
const VALID = {
  version: 1,
  mailbox: 'support',
  idempotencyKey: 'k',
  to: 'ada@example.org',
  subject: 'Hi',
  text: 'Hello',
};
export const IDENTITY = { messageId: '<m@shop.example>', date: toEpochMs(1_700_000_000_000) };
export const composed = (request: object, identity = IDENTITY) =>
  compose(parseSendRequest({ ...VALID, ...request }), identity, PROFILE);

export async function collect(mail: ComposedMail): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of mail.open()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export const bytesOf = (request: object, identity = IDENTITY): Promise<Buffer> => collect(composed(request, identity));
export const readBack = async (request: object): Promise<Email> => PostalMime.parse(await bytesOf(request));
export const headersOf = (mail: Email, name: string): string[] =>
  mail.headers.filter(({ key }) => key === name).map(({ value }) => value);

export const FULL = {
  to: [{ name: 'Ada', address: 'ada@example.org' }, 'bob@example.org'],
  cc: 'carol@example.org',
  bcc: ['dan@example.org', { name: 'Eve', address: 'eve@example.org' }],
  html: '<p>Hellö <img src="cid:logo@shop"></p>',
  attachments: [
    { filename: 'logo.png', content: 'QUJD', contentId: 'logo@shop' },
    { filename: 'b.bin', content: 'REVG' },
  ],
};
