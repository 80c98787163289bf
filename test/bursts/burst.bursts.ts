// 5,000 requests at once for four mailboxes, through the outbox and by invocations beside it, while the server has its faults
// and functions are killed: each is sent once, or waits for quota, and Gmail's limits are kept. BURST_SEED repeats a run.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Template } from '../../local/aws/assembly.ts';
import { ADA, GRACE, MAIL, startTestStack, type TestStack } from '../functions/stack.ts';
import { startWorldClock, type WorldClock } from '../settling/world-clock.ts';
import { createRandom } from './random.ts';
import { killNowAndThen, startFaults } from './weather.ts';

const LIMIT = 1_500;
const KILLS = 10;
const FAULTY_SHARE = 0.02;
const INVOKED_AT_ONCE = 20;
/** One of them is asked for more than it may send in a day. */
const MAILBOXES = [
  { id: 'busy', address: 'busy@shop.example', requests: 2_000 },
  ...['one', 'two', 'three'].map((id) => ({ id, address: `${id}@shop.example`, requests: 1_000 })),
];
const TOTAL = MAILBOXES.reduce((sum, { requests }) => sum + requests, 0);
const SEED = Number(process.env.BURST_SEED ?? Math.floor(Math.random() * 2 ** 31));

interface Request {
  readonly mailbox: string;
  readonly idempotencyKey: string;
  readonly isInvoked: boolean;
}

describe(`a burst of ${TOTAL}, seed ${SEED}`, () => {
  let stack: TestStack;
  let clock: WorldClock;
  const random = createRandom(SEED);
  const requests = shuffled(
    MAILBOXES.flatMap(({ id, requests: count }) =>
      Array.from(
        { length: count },
        (_, index): Request => ({
          mailbox: id,
          idempotencyKey: `${id} ${index}`,
          isInvoked: index % 5 === 0,
        }),
      ),
    ),
    random,
  );

  beforeAll(async () => {
    clock = startWorldClock();
    stack = await startTestStack({
      mailboxes: MAILBOXES,
      processEnvironment: clock.environment,
      parameters: { ClaimLeaseSeconds: '20' },
      transformTemplate: withShortLives,
    });
    await stack.invoke('RefreshTokensFunction', {});
    await stack.invoke('PollRepliesFunction', {});
    for (const { id } of MAILBOXES) await stack.setProfile({ limits: { messages: LIMIT } }, id);
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
    clock?.stop();
  });

  const accepted = () =>
    MAILBOXES.reduce((sum, { address }) => sum + stack.google.account(address).counters.mailsAccepted, 0);

  it('loses nothing, sends nothing twice, and keeps to slots and quota', async () => {
    const weather = startFaults(stack, random, FAULTY_SHARE);
    const ended = new AbortController();
    const every = TOTAL / 20;
    const killing = killNowAndThen(stack, random, { kills: KILLS, accepted, every }, ended.signal);
    await Promise.all([enqueueAll(), invokeAll()]);
    await stack.aws.idle();
    ended.abort();
    const [kills, faults] = [await killing, weather.faults()];
    weather.clear();
    await recover();
    const states = await statesOf();
    console.log(
      `seed ${SEED}: ${faults} faults, ${kills} kills; ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`,
    );
    expect(kills).toBe(KILLS);
    expect(faults).toBeGreaterThan((TOTAL * FAULTY_SHARE) / 2);

    const mails = mailsByRequest();
    expect([...mails.values()].filter((count) => count > 1)).toEqual([]);
    expect(mails.size).toBe(states.get('sent'));
    expect([...states.keys()].toSorted()).toEqual(['sent', 'waiting for quota']);
    const [busy, ...others] = MAILBOXES.map(
      ({ id }) => [...mails.keys()].filter((key) => key.startsWith(`${id} `)).length,
    );
    expect(others).toEqual(MAILBOXES.slice(1).map((mailbox) => mailbox.requests));
    expect(busy).toBeLessThanOrEqual(LIMIT);
    // A function that dies leaves what it had counted: the careful side.
    expect(busy).toBeGreaterThanOrEqual(LIMIT - KILLS * 3 - faults);
    for (const { address } of MAILBOXES) {
      const { counters } = stack.google.account(address);
      expect(counters.smtpConnectionsAtMost).toBeLessThanOrEqual(3);
      expect(counters.mailsAccepted).toBeLessThanOrEqual(LIMIT);
    }
    expect(await stack.receive('OutboxDeadUrl', 0)).toEqual([]);
  }, 900_000);

  const bodyOf = ({ mailbox, idempotencyKey }: Request) => ({
    ...MAIL,
    mailbox,
    idempotencyKey,
    to: idempotencyKey.length % 2 === 0 ? ADA : GRACE,
    text: `<${idempotencyKey}>`,
  });

  async function enqueueAll(): Promise<void> {
    const queued = requests.filter(({ isInvoked }) => !isInvoked);
    await atOnce(queued, 50, async (request) => {
      const id = request.idempotencyKey.replace(' ', '-');
      await stack.enqueue(JSON.stringify(bodyOf(request)), request.mailbox, id);
    });
  }

  /** Whoever's invocation dies asks again, with the same key. */
  async function invokeAll(): Promise<void> {
    const invoked = requests.filter(({ isInvoked }) => isInvoked);
    await atOnce(invoked, INVOKED_AT_ONCE, async (request) => {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        if ((await stack.send(bodyOf(request))).outcome !== undefined) return;
      }
    });
  }

  /**
   * As hours pass: until all that is left waits for quota, also when it was looked for once more: what a function that
   * died had sent becomes `unknown` first, and is settled a round later.
   */
  async function recover(): Promise<void> {
    for (let round = 0, quiet = 0; round < 20 && quiet < 2; round += 1) {
      const states = await statesOf();
      quiet = [...states.keys()].every((state) => state === 'sent' || state === 'waiting for quota') ? quiet + 1 : 0;
      clock.advance(16 * 60_000);
      await stack.aws.idle();
      await stack.invoke('PollRepliesFunction', {});
      await stack.invoke('ReleaseWaitingFunction', {});
      await stack.aws.idle();
    }
  }

  async function statesOf(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const isFull = new Map(await Promise.all(MAILBOXES.map(async ({ id }) => [id, await hasNoRoom(id)] as const)));
    await atOnce(requests, 50, async ({ idempotencyKey, mailbox }) => {
      const item = await stack.item(idempotencyKey, mailbox);
      // What a dead function was at work on waits for quota too, and so does what is to be sent again.
      const isWaiting = ['waiting', 'claimed', 'unknown'].includes(String(item?.state)) && item?.dueAt !== undefined;
      const isForQuota = isWaiting && isFull.get(mailbox) === true;
      const state = isForQuota ? 'waiting for quota' : `${item?.state ?? 'lost'}`;
      counts.set(state, (counts.get(state) ?? 0) + 1);
    });
    return counts;
  }

  async function hasNoRoom(mailbox: string): Promise<boolean> {
    const hours: { messages: number }[] = Object((await stack.sending(mailbox))?.hours ?? []);
    return hours.reduce((sum, { messages }) => sum + messages, 0) >= LIMIT;
  }

  /** Counted in the recipients' mailboxes. */
  function mailsByRequest(): Map<string, number> {
    const mails = new Map<string, number>();
    for (const address of [ADA, GRACE]) {
      for (const { raw } of stack.google.account(address).messages('INBOX')) {
        const key = /<((?:busy|one|two|three) \d+)>/.exec(raw.toString('latin1'))?.[1];
        if (key !== undefined) mails.set(key, (mails.get(key) ?? 0) + 1);
      }
    }
    return mails;
  }
});

/** What a killed function was at work on comes back after 20 seconds in place of 90. */
function withShortLives(template: Template): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const changes: Record<string, object> = {
      'AWS::Lambda::Function': /(?:SendMail|DrainOutbox)[0-9A-F]{8}$/.test(id) ? { Timeout: 20 } : {},
      'AWS::SQS::Queue': /OutboxQueue[0-9A-F]{8}$/.test(id) ? { VisibilityTimeout: 21 } : {},
    };
    return [id, { ...resource, Properties: { ...resource.Properties, ...changes[resource.Type] } }];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

async function atOnce<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const pending = [...items];
  const worker = async (): Promise<void> => {
    for (let item = pending.shift(); item !== undefined; item = pending.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
