// Polling: what one poll of one mailbox costs, whatever the mailbox holds.
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connectMailbox, type MailboxToConnect, storeProfile } from '../../local/connect.ts';
import type { Handled } from './driver.ts';
import { MB, type Measure, median, times } from './measure.ts';
import type { Runner } from './runner.ts';
import { request } from './sends.ts';
import type { WireCounters } from './wires.ts';
import { CUSTOMER, MAILBOX, type World } from './world.ts';

/** Of mails in a mailbox whose memory is compared with that of a small one. */
const MOST_COMPARED = 20_000;

/** A poll and what passed on the wire meanwhile. */
interface Poll {
  readonly handled: Handled;
  readonly wire: WireCounters;
}

export async function measurePolls(world: World, runs: number): Promise<Measure[]> {
  await disconnect(world, MAILBOX);
  const small = await measureSize(world, 10, runs);
  const medium = await measureSize(world, 20_000, runs);
  const large = await measureSize(world, 100_000, runs);
  await storeProfile(world.aws, MAILBOX);
  return [
    { name: 'idle poll, 10 mails', unit: 'round trips', value: small.idle.roundTrips, limit: 8.1 },
    { name: 'idle poll, 20,000 mails', unit: 'round trips', value: medium.idle.roundTrips, limit: 8.1 },
    { name: 'idle poll, 100,000 mails', unit: 'round trips', value: large.idle.roundTrips, limit: 8.1 },
    {
      name: 'idle poll, peak memory at 20,000 mails above that at 10',
      unit: 'MB',
      value: Math.max(0, medium.idlePeakBytes - small.idlePeakBytes) / MB,
      limit: 10,
    },
    { name: 'poll with nothing new, mail within a quarter of an hour', unit: 'round trips', value: large.recent },
    { name: 'poll with one new reply', unit: 'round trips', value: large.one },
    { name: 'poll with fifty new replies', unit: 'round trips', value: large.fifty, limit: large.one + 1.1 },
    { name: 'idle poll, AWS and CPU included', unit: 'RTT', value: large.idle.ms / world.roundTripMs },
    { name: 'idle poll, bytes', unit: 'kB', value: large.idle.bytes / 1_000 },
    { name: 'idle poll, bytes sent', unit: 'kB', value: large.idle.bytesSent / 1_000 },
    { name: 'idle poll, CPU', unit: 'ms', value: large.idle.cpuMs },
    { name: 'idle poll, bytes at 100,000 ÷ at 10', unit: '×', value: large.idle.bytes / small.idle.bytes, limit: 1.2 },
    { name: 'idle poll, CPU at 100,000 ÷ at 10', unit: '×', value: large.idle.cpuMs / small.idle.cpuMs, limit: 1.2 },
  ];
}

async function measureSize(world: World, size: number, runs: number) {
  const mailbox = { id: `box-${size}`, address: `box-${size}@shop.example` };
  world.google.addAccount({ address: mailbox.address });
  const account = world.google.account(mailbox.address);
  for (let count = 0; count < size; count += 1) account.deliver(`Subject: old ${count}\r\n\r\nold\r\n`, { asIs: true });
  const poller = await connect(world, mailbox);
  const idle = await times(Math.max(runs, 3) * 3, () => poll(world, poller));
  const idlePeakBytes = size > MOST_COMPARED ? 0 : await leastPeak(world);
  const question = await ask(world, mailbox);
  await poll(world, poller);
  const recent = await poll(world, poller);
  const reply = (id: string) =>
    account.deliver(
      `From: ${CUSTOMER}\r\nTo: ${mailbox.address}\r\nMessage-ID: <${id}@customer.example>\r\nIn-Reply-To: ${question}\r\nSubject: Re: Hello\r\n\r\nYes.\r\n`,
    );
  reply('first');
  const one = await poll(world, poller);
  for (let count = 0; count < 50; count += 1) reply(`more-${count}`);
  const fifty = await poll(world, poller);
  await poller.stop();
  await disconnect(world, mailbox);
  return {
    idle: summarise(idle),
    idlePeakBytes,
    recent: recent.wire.roundTrips,
    one: one.wire.roundTrips,
    fifty: fifty.wire.roundTrips,
  };
}

/** Of fresh processes: chance only adds. */
async function leastPeak(world: World): Promise<number> {
  const peaks = await times(4, async () => {
    const poller = await world.start('PollRepliesFunction');
    const [, { handled }] = [await poll(world, poller), await poll(world, poller)];
    await poller.stop();
    return handled.peakBytes;
  });
  return Math.min(...peaks);
}

function summarise(polls: readonly Poll[]) {
  return {
    roundTrips: Math.max(...polls.map(({ wire }) => wire.roundTrips)),
    bytes: median(polls.map(({ wire }) => wire.bytesUp + wire.bytesDown)),
    bytesSent: median(polls.map(({ wire }) => wire.bytesUp)),
    ms: median(polls.map(({ handled }) => handled.ms)),
    cpuMs: median(polls.map(({ handled }) => handled.cpuMs)),
  };
}

/** Also reads it once: its cursor starts there. */
export async function connect(world: World, mailbox: MailboxToConnect): Promise<Runner> {
  await connectMailbox(world.google, world.aws, mailbox);
  const refresh = await world.start('RefreshTokensFunction');
  await refresh.invoke({});
  await refresh.stop();
  const poller = await world.start('PollRepliesFunction');
  await poll(world, poller);
  return poller;
}

/** @returns the Message-ID that replies name; the poll that passes over its own copy is done */
export async function ask(world: World, mailbox: MailboxToConnect): Promise<unknown> {
  const sender = await world.start('SendMailFunction');
  const { answer } = await sender.invoke(request({ mailbox: mailbox.id }));
  await sender.stop();
  return Object(answer).messageId;
}

export async function poll(world: World, poller: Runner): Promise<Poll> {
  await world.wires.imap.take();
  const handled = await poller.invoke({});
  return { handled, wire: await world.wires.imap.take() };
}

export async function disconnect({ aws, output }: World, { id }: MailboxToConnect): Promise<void> {
  const { region, credentials, endpoints } = aws;
  const db = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  const Key = { key: { S: `${id}#profile` } };
  await db.send(new DeleteItemCommand({ TableName: output('MailboxesTable'), Key }));
  db.destroy();
}
