// Polling: what one poll of one mailbox costs, whatever the mailbox holds.
import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connectMailbox, type MailboxToConnect, storeProfile } from '../../local/connect.ts';
import type { GoogleAccount } from '../../local/google/google.ts';
import type { Handled } from './driver.ts';
import { least, MB, type Measure, median, ratio, times } from './measure.ts';
import { inRounds, type Rounds } from './rounds.ts';
import type { Runner } from './runner.ts';
import { request } from './sends.ts';
import type { WireCounters } from './wires.ts';
import { CUSTOMER, MAILBOX, type World } from './world.ts';

/** A poll and what passed on the wire meanwhile. */
interface Poll {
  readonly handled: Handled;
  readonly wire: WireCounters;
}

/** A mailbox of some size, which only its own measurement connects, and what was measured of it. */
interface Box {
  readonly mailbox: MailboxToConnect;
  readonly account: GoogleAccount;
  /** Has read it once. */
  readonly poller: Runner;
  readonly idle: Poll[];
  readonly idlePeaks: number[];
}

export async function measurePolls(world: World, rounds: Rounds): Promise<readonly Measure[]> {
  await disconnect(world, MAILBOX);
  const small = await fill(world, 10);
  const medium = await fill(world, 20_000);
  const large = await fill(world, 100_000);
  const measures = [
    ...(await measureIdle(world, rounds, { small, medium, large })),
    ...(await measurePeaks(world, rounds, { small, medium })),
    ...(await measureReplies(world, large)),
  ];
  for (const { poller } of [small, medium, large]) await poller.stop();
  await storeProfile(world.aws, MAILBOX);
  return measures;
}

/** In each turn: a poll is short. */
const IDLE_POLLS = 3;

async function measureIdle(world: World, rounds: Rounds, boxes: Record<'small' | 'medium' | 'large', Box>) {
  const turn = async () => {
    for (const box of Object.values(boxes)) {
      await connected(world, box, async () => {
        box.idle.push(...(await times(IDLE_POLLS, () => poll(world, box.poller))));
      });
    }
  };
  return inRounds(rounds, turn, () => idleFigures(boxes, world.roundTripMs));
}

function idleFigures({ small, medium, large }: Record<'small' | 'medium' | 'large', Box>, rtt: number): Measure[] {
  const trips = ({ idle }: Box) => Math.max(...idle.map(({ wire }) => wire.roundTrips));
  const bytes = ({ idle }: Box) => idle.map(({ wire }) => wire.bytesUp + wire.bytesDown);
  const cpuMs = ({ idle }: Box) => idle.map(({ handled }) => handled.cpuMs);
  const ms = median(large.idle.map(({ handled }) => handled.ms));
  const bytesSent = median(large.idle.map(({ wire }) => wire.bytesUp));
  return [
    { name: 'idle poll, 10 mails', unit: 'round trips', value: trips(small), limit: 8.1 },
    { name: 'idle poll, 20,000 mails', unit: 'round trips', value: trips(medium), limit: 8.1 },
    { name: 'idle poll, 100,000 mails', unit: 'round trips', value: trips(large), limit: 8.1 },
    { name: 'idle poll, AWS and CPU included', unit: 'RTT', value: ms / rtt },
    { name: 'idle poll, bytes', unit: 'kB', value: median(bytes(large)) / 1_000 },
    { name: 'idle poll, bytes sent', unit: 'kB', value: bytesSent / 1_000 },
    { name: 'idle poll, CPU', unit: 'ms', value: median(cpuMs(large)) },
    { name: 'idle poll, bytes at 100,000 ÷ at 10', unit: '×', value: ratio(bytes(large), bytes(small)), limit: 1.2 },
    { name: 'idle poll, CPU at 100,000 ÷ at 10', unit: '×', value: ratio(cpuMs(large), cpuMs(small)), limit: 1.2 },
  ];
}

/** Of fresh processes, at their second poll. */
async function measurePeaks(world: World, rounds: Rounds, boxes: Record<'small' | 'medium', Box>) {
  const { small, medium } = boxes;
  const turn = async () => {
    for (const box of [small, medium]) {
      await connected(world, box, async () => {
        const poller = await world.start('PollRepliesFunction');
        await poll(world, poller);
        const { handled } = await poll(world, poller);
        box.idlePeaks.push(handled.peakBytes);
        await poller.stop();
      });
    }
  };
  return inRounds(rounds, turn, () => [
    {
      name: 'idle poll, peak memory at 20,000 mails above that at 10',
      unit: 'MB',
      value: Math.max(0, least(medium.idlePeaks) - least(small.idlePeaks)) / MB,
      limit: 10,
    },
  ]);
}

async function measureReplies(world: World, box: Box): Promise<Measure[]> {
  const trips = async () => (await poll(world, box.poller)).wire.roundTrips;
  return connected(world, box, async () => {
    const question = await ask(world, box.mailbox);
    await trips();
    const recent = await trips();
    deliver(box, question, 1);
    const one = await trips();
    deliver(box, question, 50);
    const fifty = await trips();
    return [
      { name: 'poll with nothing new, mail within a quarter of an hour', unit: 'round trips', value: recent },
      { name: 'poll with one new reply', unit: 'round trips', value: one },
      { name: 'poll with fifty new replies', unit: 'round trips', value: fifty, limit: one + 1.1 },
    ];
  });
}

async function fill(world: World, size: number): Promise<Box> {
  const mailbox = { id: `box-${size}`, address: `box-${size}@shop.example` };
  const account = world.google.addAccount({ address: mailbox.address });
  for (let count = 0; count < size; count += 1) account.deliver(`Subject: old ${count}\r\n\r\nold\r\n`, { asIs: true });
  const poller = await connect(world, mailbox);
  await disconnect(world, mailbox);
  return { mailbox, account, poller, idle: [], idlePeaks: [] };
}

async function connected<T>(world: World, { mailbox }: Box, act: () => Promise<T>): Promise<T> {
  await storeProfile(world.aws, mailbox);
  const done = await act();
  await disconnect(world, mailbox);
  return done;
}

function deliver({ mailbox, account }: Box, question: unknown, count: number): void {
  for (let index = 0; index < count; index += 1) {
    account.deliver(
      `From: ${CUSTOMER}\r\nTo: ${mailbox.address}\r\nMessage-ID: <${randomUUID()}@customer.example>\r\nIn-Reply-To: ${question}\r\nSubject: Re: Hello\r\n\r\nYes.\r\n`,
    );
  }
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
