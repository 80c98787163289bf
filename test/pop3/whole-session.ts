// Two mails that a scripted server offers, and what a client must make of them.
import type { Pop3Client } from '../../lib/pop3/client.ts';
import type { Script } from './scripted-server.ts';

export const PIPELINING = '+OK\r\nSASL XOAUTH2\r\nPIPELINING\r\nTOP\r\nUIDL\r\n.\r\n';
const HEADER = '.Dotted: yes\r\nSubject: \xe9\xff\r\n\r\n';
const MAIL = Buffer.from(`${HEADER}.\r\n..\r\n.x\r\n\0\r.\r\n\n.\r\n\r\n.`, 'latin1');

/** As RFC 1939 section 3 says: CRLF at the end, and every dot behind a CRLF doubled. */
function dotted(mail: Buffer): Buffer {
  const text = `\r\n${mail.toString('latin1')}${mail.subarray(-2).equals(Buffer.from('\r\n')) ? '' : '\r\n'}`;
  return Buffer.from(`${text.replaceAll('\r\n.', '\r\n..').slice(2)}.\r\n`, 'latin1');
}

export const withEnd = (mail: Buffer): Buffer => Buffer.concat([mail, Buffer.from('\r\n')]);
/** The answer to RETR or TOP. */
export const ok = (mail: Buffer): Buffer => Buffer.concat([Buffer.from('+OK\r\n'), dotted(mail)]);
export const READING: Script = {
  UIDL: '+OK\r\n1 one\r\n2 two\r\n.\r\n',
  LIST: '+OK\r\n1 100\r\n2 200\r\n.\r\n',
  TOP: ok(Buffer.from(HEADER, 'latin1')),
  RETR: ok(MAIL),
};

/** Every command that reads, once or more. */
export async function readAll(client: Pop3Client) {
  const listing = await client.list();
  const sizes = await client.sizes();
  const tops = await client.tops([1, 2], 0, 1_000);
  const mails = await client.mails([{ number: 2, maxBytes: 1_000 }], 'RETR');
  const streamed: Uint8Array[] = [];
  for await (const piece of client.stream(1, 'RETR')) streamed.push(piece);
  client.close();
  return { listing, sizes, tops, mails, streamed: Buffer.concat(streamed) };
}

export const EXPECTED = {
  listing: [
    { number: 1, uidl: 'one' },
    { number: 2, uidl: 'two' },
  ],
  sizes: new Map([
    [1, 100],
    [2, 200],
  ]),
  tops: new Map([1, 2].map((number) => [number, Buffer.from(HEADER, 'latin1')])),
  mails: new Map([[2, withEnd(MAIL)]]),
  streamed: withEnd(MAIL),
};
