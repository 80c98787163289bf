// A DNS server on 127.0.0.1 that has the TXT records of a test and nothing else; by UDP, and by TCP what is too long for it.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Answer, decode, encode, type Packet, streamDecode, streamEncode } from 'dns-packet';

export interface DnsServer {
  /** HOST:PORT. */
  readonly address: string;
  /** TXT records by name, or that the name is not answered for at all. */
  readonly zone: Map<string, readonly string[] | 'refused' | 'silent'>;
  stop(): Promise<void>;
}

/** RFC 1035 section 4.2.1, for who does not ask for more. */
const MOST_UDP_BYTES = 512;
const NOT_FOUND = 3;
const REFUSED = 5;
/** Section 4.1.1. */
const TRUNCATED = 1 << 9;

export async function startDnsServer(): Promise<DnsServer> {
  const zone: DnsServer['zone'] = new Map();
  const tcp = createServer((socket) => answerByTcp(socket, zone));
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const port = portOf(tcp.address());
  const udp = createSocket('udp4');
  udp.on('message', (bytes, { address, port: to }) => {
    const answer = answerTo(decode(bytes), zone);
    if (answer === undefined) return;
    const whole = encode(answer);
    const isTooLong = whole.length > MOST_UDP_BYTES;
    const sent = isTooLong ? encode({ ...answer, answers: [], flags: (answer.flags ?? 0) | TRUNCATED }) : whole;
    udp.send(sent, to, address);
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  return {
    address: `127.0.0.1:${port}`,
    zone,
    async stop() {
      udp.close();
      tcp.close();
      await Promise.all([once(udp, 'close'), once(tcp, 'close')]);
    },
  };
}

function answerByTcp(socket: Socket, zone: DnsServer['zone']): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) return;
    const answer = answerTo(streamDecode(received), zone);
    if (answer !== undefined) socket.end(streamEncode(answer));
  });
}

function answerTo({ id = 0, questions = [] }: Packet, zone: DnsServer['zone']): Packet | undefined {
  const name = questions[0]?.name ?? '';
  const records = zone.get(name.toLowerCase());
  if (records === 'silent') return undefined;
  const answers = Array.isArray(records) ? records.map((text) => textAnswer(name, text)) : [];
  return { type: 'response', id, flags: flagsFor(records), questions, answers };
}

function flagsFor(records: readonly string[] | 'refused' | undefined): number {
  if (records === undefined) return NOT_FOUND;
  return records === 'refused' ? REFUSED : 0;
}

/** In strings of at most 255 bytes (RFC 1035 section 3.3). */
function textAnswer(name: string, text: string): Answer {
  return { type: 'TXT', name, ttl: 60, data: text.match(/.{1,255}/gs) ?? [''] };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the DNS server listens on no port');
  return address.port;
}
